"""The API and the playback page: the lake for programs and for eyes."""
