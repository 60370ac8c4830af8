"""A rep's tool that dies: watches, appends each response to a file, resumes from the last line.

python watcher.py ADDRESS PARENT FILE
"""

import json
import sys

import grpc
from baton.v1 import assignment_service_pb2 as aspb, assignment_service_pb2_grpc

address, parent, path = sys.argv[1:]
token = ""
try:
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            token = json.loads(line)["token"]
except FileNotFoundError:
    pass
stub = assignment_service_pb2_grpc.AssignmentServiceStub(grpc.insecure_channel(address))
with open(path, "a", encoding="utf-8") as out:
    for response in stub.WatchAssignments(aspb.WatchAssignmentsRequest(
            parent=parent, resume_token=token)):
        out.write(json.dumps({
            "kind": aspb.WatchAssignmentsResponse.Kind.Name(response.kind),
            "lead": response.assignment.lead, "rep": response.assignment.rep,
            "generation": response.assignment.generation, "change": response.change,
            "token": response.resume_token}) + "\n")
        out.flush()
