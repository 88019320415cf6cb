# Opens connections that send nothing and keeps them open until it is killed; prints their number
# when all are there. Usage: idle.py host port number source-address
import socket, sys, time

host, port, number, source = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
connections = []
while len(connections) < number:
    try:
        connections.append(socket.create_connection((host, port), 10, (source, 0)))
    except OSError:  # the queue of those that wait to be accepted is full
        time.sleep(0.01)
print("open:", len(connections), flush=True)
time.sleep(600)
