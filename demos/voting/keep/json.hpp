#pragma once

// Writing JSON (RFC 8259): an object or array field by field. Reading it is not this side's
// business.

#include "voting/protocol/hex.hpp"

#include <cstdint>

namespace voting {

inline void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (byte < 0x20)
            (out += "\\u00") += hex(base::view_of({&c, 1}));
        else
            out += c;
    }
    out += '"';
}

// JsonObject{out}.field("a", 1).raw("b", "[]").end();
class JsonObject {
public:
    explicit JsonObject(std::string& out) : out_{out} { out_ += '{'; }

    JsonObject& field(std::string_view name, std::string_view text) {
        key(name);
        append_quoted(out_, text);
        return *this;
    }
    JsonObject& field(std::string_view name, std::uint64_t number) {
        return raw(name, std::to_string(number));
    }
    JsonObject& field(std::string_view name, base::View bytes) { return field(name, hex(bytes)); }
    JsonObject& flag(std::string_view name, bool value) {
        return raw(name, value ? "true" : "false");
    }
    JsonObject& raw(std::string_view name, std::string_view json) {
        key(name);
        out_ += json;
        return *this;
    }
    void end() { out_ += '}'; }

private:
    void key(std::string_view name) {
        if (out_.back() != '{') out_ += ',';
        append_quoted(out_, name);
        out_ += ':';
    }

    std::string& out_;
};

// An array of what `write(out, element)` writes.
template <class Range, class Write> std::string json_array(Range const& range, Write write) {
    std::string out = "[";
    for (auto const& element : range) {
        if (out.size() > 1) out += ',';
        write(out, element);
    }
    return out += ']';
}

} // namespace voting
