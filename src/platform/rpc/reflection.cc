#include "platform/rpc/reflection.h"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include "grpc/reflection/v1/reflection.pb.h"
#include "grpc/reflection/v1alpha/reflection.pb.h"
#include "platform/rpc/typed.h"

namespace signet::rpc {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;

using ServiceNames = std::shared_ptr<const std::vector<std::string>>;

// The file and all that it needs, each once, what is needed first.
template <typename FileResponse>
void AddFiles(const FileDescriptor& file, std::set<const FileDescriptor*>& seen,
              FileResponse& out) {
  if (!seen.insert(&file).second) return;
  for (int i = 0; i < file.dependency_count(); ++i) AddFiles(*file.dependency(i), seen, out);
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  out.add_file_descriptor_proto(proto.SerializeAsString());
}

// One stream: each request has its answer, in order. Both versions differ in nothing but names.
template <typename Request, typename Response>
class ReflectionCall final : public CallHandler {
 public:
  ReflectionCall(std::shared_ptr<ServerCall> call, ServiceNames services)
      : call_(std::move(call)), services_(std::move(services)) {}

  void OnMessage(Bytes message) override {
    Request request;
    if (!Deserialize(message, request)) {
      return call_->Finish({StatusCode::kInvalidArgument, "not a ServerReflectionRequest"});
    }
    call_->Send(Serialize(Answer(request)));
    // A client that asks and does not read: its window says when to go on.
    constexpr std::size_t kMaxQueued = 256 * 1024;
    if (call_->queued() > kMaxQueued) call_->PauseReading();
  }
  void OnDrained() override { call_->ResumeReading(); }
  void OnHalfClose() override { call_->Finish({}); }
  void OnDone() override { call_ = nullptr; }

 private:
  Response Answer(const Request& request) const {
    Response out;
    out.set_valid_host(request.host());
    *out.mutable_original_request() = request;
    const DescriptorPool& pool = *DescriptorPool::generated_pool();
    const FileDescriptor* file = nullptr;
    switch (request.message_request_case()) {
      case Request::kListServices:
        for (const std::string& name : *services_) {
          out.mutable_list_services_response()->add_service()->set_name(name);
        }
        return out;
      case Request::kFileByFilename:
        file = pool.FindFileByName(request.file_by_filename());
        break;
      case Request::kFileContainingSymbol:
        file = pool.FindFileContainingSymbol(request.file_containing_symbol());
        break;
      case Request::kFileContainingExtension:
      case Request::kAllExtensionNumbersOfType:
        break;  // proto3 services have no extensions
      case Request::MESSAGE_REQUEST_NOT_SET:
        out.mutable_error_response()->set_error_code(
            static_cast<int>(StatusCode::kInvalidArgument));
        out.mutable_error_response()->set_error_message("nothing was asked");
        return out;
    }
    if (file == nullptr) {
      out.mutable_error_response()->set_error_code(static_cast<int>(StatusCode::kNotFound));
      out.mutable_error_response()->set_error_message("not found");
      return out;
    }
    std::set<const FileDescriptor*> seen;
    AddFiles(*file, seen, *out.mutable_file_descriptor_response());
    return out;
  }

  std::shared_ptr<ServerCall> call_;
  ServiceNames services_;
};

template <typename Request, typename Response>
StartCall Reflection(ServiceNames services) {
  return [services = std::move(services)](const std::shared_ptr<ServerCall>& call) {
    return std::make_shared<ReflectionCall<Request, Response>>(call, services);
  };
}

}  // namespace

void AddReflection(ServiceTable& services) {
  std::vector<std::string> names = services.Services();
  names.emplace_back("grpc.reflection.v1.ServerReflection");
  names.emplace_back("grpc.reflection.v1alpha.ServerReflection");
  const auto shared = std::make_shared<const std::vector<std::string>>(std::move(names));
  services.Add("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
               Reflection<grpc::reflection::v1::ServerReflectionRequest,
                          grpc::reflection::v1::ServerReflectionResponse>(shared));
  services.Add("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
               Reflection<grpc::reflection::v1alpha::ServerReflectionRequest,
                          grpc::reflection::v1alpha::ServerReflectionResponse>(shared));
}

}  // namespace signet::rpc
