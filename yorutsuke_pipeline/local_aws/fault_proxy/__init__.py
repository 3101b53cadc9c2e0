"""A proxy on loopback between any AWS client and the embedded AWS, which spoils the calls that it is told to spoil."""
