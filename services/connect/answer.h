// What a call came to, as HTTP. Pure functions; thread-safe.
#ifndef BATON_CONNECT_ANSWER_H_
#define BATON_CONNECT_ANSWER_H_

#include <string>

#include "connect/call.h"
#include "connect/headers.h"
#include "connect/message.h"
#include "grpcpp/support/status.h"

namespace baton::connect {

inline constexpr char kJsonType[] = "application/json";
inline constexpr char kProtoType[] = "application/proto";
inline constexpr char kJsonStreamType[] = "application/connect+json";
inline constexpr char kProtoStreamType[] = "application/connect+proto";

// What a unary call answered with.
struct Outcome {
  ::grpc::Status status;
  Headers head;  // initial metadata
  Headers trailers;
  std::string message;  // protobuf
};

// The message in the call's format, compressed if that is worth it and the client takes it; or the
// error as JSON. `outcome.status` becomes INTERNAL when the message cannot be written.
Response Answer(const Call& call, Outcome& outcome);

// An error as JSON with HTTP's `http_status`, or that of its code if it is 0.
Response Refused(const ::grpc::Status& status, int http_status = 0);

// A stream: its head, each message, and its end. The latter two are frames.
Response StreamHead(const Call& call, const Headers& head);
absl::StatusOr<std::string> StreamMessage(const Call& call, const std::string& message);
std::string StreamEnd(const ::grpc::Status& status, const Headers& trailers);
// A stream that ends before it has begun.
Response RefusedStream(const Call& call, const ::grpc::Status& status);

}  // namespace baton::connect

#endif  // BATON_CONNECT_ANSWER_H_
