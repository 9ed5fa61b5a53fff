"""Facts of the world, true whatever we compute: sessions, instruments, words, prices."""
