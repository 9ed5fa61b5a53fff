"""The point-in-time audit: does a table say what its past alone would have said?"""
