# A port of localhost for drivers that know no Unix sockets; prints its number.
import os
import socket
import threading


def pump(source, sink):
	try:
		while data := source.recv(65536):
			sink.sendall(data)
		sink.shutdown(socket.SHUT_WR)
	except OSError:
		pass


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
	client = listener.accept()[0]
	server = socket.socket(socket.AF_UNIX)
	server.connect(f"{os.environ['PGHOST']}/.s.PGSQL.{os.environ['PGPORT']}")
	for pair in ((client, server), (server, client)):
		threading.Thread(target=pump, args=pair, daemon=True).start()
