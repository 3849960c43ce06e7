#include "package/depth.hpp"

#include <string_view>

namespace package {

namespace {

// Walks over a TOML text, a token at a time, and keeps count of lines and columns.
class Walk {
public:
    explicit Walk(std::string_view text) : rest_{text} {}

    bool done() const { return rest_.empty(); }
    char front() const { return rest_.front(); }
    bool starts_with(std::string_view what) const { return rest_.starts_with(what); }
    Position position() const { return at_; }

    void skip(std::size_t bytes) {
        for (; bytes > 0 && !rest_.empty(); --bytes) {
            bool const newline = rest_.front() == '\n';
            at_ = newline ? Position{.line = at_.line + 1, .column = 1}
                          : Position{.line = at_.line, .column = at_.column + 1};
            rest_.remove_prefix(1);
        }
    }

    void skip_comment() {
        while (!done() && front() != '\n') skip(1);
    }

    // From the opening quotes to behind the closing ones; an unclosed one-line string ends with its
    // line.
    void skip_string() {
        char const quote = front();
        bool const escapes = quote == '"';
        std::string_view const three = escapes ? R"(""")" : "'''";
        bool const multiline = starts_with(three);
        skip(multiline ? 3 : 1);
        while (!done()) {
            if (!multiline && front() == '\n') return;
            if (multiline ? starts_with(three) : front() == quote) break;
            skip(escapes && front() == '\\' ? 2 : 1);
        }
        skip(multiline ? 3 : 1);
        while (multiline && !done() && front() == quote)
            skip(1); // up to two quotes may stand before the closing three
    }

private:
    std::string_view rest_;
    Position at_{.line = 1, .column = 1};
};

bool ends_key(char c) { return std::string_view{"\n=,[]{}"}.contains(c); }

} // namespace

std::optional<Position> key_too_deep(std::string_view toml) {
    Walk walk{toml};
    std::size_t parts = 1;
    while (!walk.done()) {
        char const c = walk.front();
        if (c == '#') {
            walk.skip_comment();
        } else if (c == '"' || c == '\'') {
            walk.skip_string();
        } else {
            if (ends_key(c)) parts = 1;
            if (c == '.' && ++parts > max_key_parts) return walk.position();
            walk.skip(1);
        }
    }
    return {};
}

} // namespace package
