#include "net/server/message.hpp"

#include "base/json_string.hpp"
#include "protocol/failure/failure.hpp"

#include <algorithm>
#include <array>

namespace net::server {

namespace {

std::string_view find(Headers const& in, std::string_view name) {
    auto const found = std::ranges::find(in, name, [](auto const& entry) {
        return std::string_view{entry.first};
    });
    return found == in.end() ? std::string_view{} : std::string_view{found->second};
}

} // namespace

std::string_view Request::header(std::string_view name) const { return find(headers, name); }
std::string_view Request::part(std::string_view name) const { return find(parts, name); }

Response problem(unsigned status, os::Failure const& failure) {
    auto const* kind = protocol::find_failure(failure.name);
    auto const title = kind == nullptr ? reason_of(status) : kind->summary;
    auto const hint = !failure.hint.empty() ? std::string_view{failure.hint}
                      : kind == nullptr     ? std::string_view{}
                                            : kind->advice;
    std::string body =
        R"({"type":)" + base::json_string("urn:enarx:failure:" + std::string{failure.name});
    body += R"(,"title":)" + base::json_string(title);
    body += R"(,"status":)" + std::to_string(status);
    body += R"(,"detail":)" + base::json_string(failure.text);
    if (!hint.empty()) body += R"(,"hint":)" + base::json_string(hint);
    body += "}\n";
    return {.status = status, .type = "application/problem+json", .body = std::move(body)};
}

Response problem(unsigned status, std::string_view name, std::string detail, std::string hint) {
    return problem(
        status, os::Failure{.name = name, .text = std::move(detail), .hint = std::move(hint)}
    );
}

std::string_view reason_of(unsigned status) {
    struct Row {
        unsigned status;
        std::string_view reason;
    };
    static constexpr auto rows = std::to_array<Row>({
        {100, "Continue"},
        {101, "Switching Protocols"},
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {303, "See Other"},
        {304, "Not Modified"},
        {307, "Temporary Redirect"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {410, "Gone"},
        {411, "Length Required"},
        {412, "Precondition Failed"},
        {413, "Content Too Large"},
        {415, "Unsupported Media Type"},
        {422, "Unprocessable Content"},
        {426, "Upgrade Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {507, "Insufficient Storage"},
    });
    auto const* const found = std::ranges::find(rows, status, &Row::status);
    return found == rows.end() ? "Status" : found->reason;
}

} // namespace net::server
