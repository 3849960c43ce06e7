#include "voting/keep/answers.hpp"

namespace voting {

namespace {

std::string_view reason(int status) {
    switch (status) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 409:
        return "Conflict";
    case 413:
        return "Content Too Large";
    case 431:
        return "Request Header Fields Too Large";
    case 501:
        return "Not Implemented";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return "Internal Server Error";
    }
}

// Nothing from elsewhere, nothing inline, in nobody's frame, in no cache.
constexpr std::string_view fixed_fields =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src "
    "'self'; "
    "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Permissions-Policy: camera=(), microphone=(), geolocation=()\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Cache-Control: no-store\r\n";

} // namespace

std::string http_response(Answer const& answer, bool keep_alive) {
    std::string out = "HTTP/1.1 " + std::to_string(answer.status) + ' ';
    out += reason(answer.status);
    out += "\r\nContent-Type: ";
    out += answer.type;
    out += "\r\nContent-Length: " + std::to_string(answer.body.size()) + "\r\n";
    out += fixed_fields;
    if (!keep_alive) out += "Connection: close\r\n";
    out += "\r\n";
    out += answer.body;
    return out;
}

} // namespace voting
