#include "app/call/message_view.h"

namespace signet::app {

http::Request ViewOf(const http1::ClientRequest& request) {
  http::Request out{.method = request.method,
                    .authority = request.host,
                    .target = request.target,
                    .fields = {},
                    .body = AsBytes(request.body)};
  for (const http1::Header& header : request.headers) out.fields.Add(header.name, header.value);
  return out;
}

http::Response ViewOf(const http1::ClientResponse& response) {
  http::Response out{.status = response.status, .fields = {}, .body = AsBytes(response.body)};
  for (const http1::Header& header : response.headers) out.fields.Add(header.name, header.value);
  return out;
}

}  // namespace signet::app
