# Every name is this machine: the SDKs keep their own base addresses.   python resolve.py CLIENT.py
import runpy
import socket
import sys

_getaddrinfo = socket.getaddrinfo
socket.getaddrinfo = lambda host, *rest, **more: _getaddrinfo("127.0.0.1", *rest, **more)
runpy.run_path(sys.argv[1], run_name="__main__")
