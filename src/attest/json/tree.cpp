#include "attest/json/tree.hpp"

#include "base/utf8.hpp"

#include <algorithm>

namespace attest::json {

namespace {

constexpr unsigned deepest = 12;
constexpr std::size_t most_members = 64; // of one object
constexpr std::size_t most_nodes = 1U << 17;

template <class T = void> using Parsed = base::Result<T, Malformed>;

bool digit(char c) { return c >= '0' && c <= '9'; }
bool hex_digit(char c) { return digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

class Parser {
public:
    explicit Parser(std::string_view text) : text_{text} { nodes_.reserve(text.size() / 12 + 8); }

    Parsed<std::vector<Node>> parse() {
        skip_space();
        TRY(value({}, 0));
        skip_space();
        if (at_ != text_.size()) return fail("the end of the JSON document");
        return std::move(nodes_);
    }

private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
    std::unexpected<Malformed> fail(std::string_view what) const {
        return std::unexpected(Malformed{.what = what, .offset = at_});
    }
    bool accept(char c) {
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void skip_space() {
        while (at_ < text_.size() && std::string_view{" \t\r\n"}.contains(text_[at_])) ++at_;
    }

    Parsed<> value(std::string_view key, unsigned depth) {
        if (depth > deepest || nodes_.size() >= most_nodes)
            return fail("a JSON document of moderate size and depth");
        auto const index = nodes_.size();
        auto const start = at_;
        nodes_.push_back({.kind = Kind::Null, .end = 0, .key = key, .content = {}});
        auto const kind = TRY(content(depth));
        bool const text = kind == Kind::Text;
        nodes_[index].kind = kind;
        nodes_[index].end = static_cast<std::uint32_t>(nodes_.size());
        nodes_[index].content =
            text ? text_.substr(start + 1, at_ - start - 2) : text_.substr(start, at_ - start);
        return {};
    }

    Parsed<Kind> content(unsigned depth) {
        switch (peek()) {
        case '{':
            TRY(object(depth));
            return Kind::Object;
        case '[':
            TRY(array(depth));
            return Kind::Array;
        case '"':
            TRY(string());
            return Kind::Text;
        case 't':
            TRY(literal("true"));
            return Kind::Boolean;
        case 'f':
            TRY(literal("false"));
            return Kind::Boolean;
        case 'n':
            TRY(literal("null"));
            return Kind::Null;
        default:
            TRY(number());
            return Kind::Number;
        }
    }

    Parsed<> object(unsigned depth) {
        auto const first = nodes_.size();
        ++at_;
        skip_space();
        if (accept('}')) return {};
        for (std::size_t members = 1;; ++members) {
            if (members > most_members) return fail("an object of moderate size");
            auto const key = TRY(name());
            if (known(first, key)) return fail("each name once in an object");
            skip_space();
            if (!accept(':')) return fail("a colon");
            skip_space();
            TRY(value(key, depth + 1));
            skip_space();
            if (accept('}')) return {};
            if (!accept(',')) return fail("a comma or the end of the object");
            skip_space();
        }
    }

    // Among the members whose first one has the index `first`.
    bool known(std::size_t first, std::string_view key) const {
        for (auto i = first; i < nodes_.size(); i = nodes_[i].end)
            if (nodes_[i].key == key) return true;
        return false;
    }

    Parsed<> array(unsigned depth) {
        ++at_;
        skip_space();
        if (accept(']')) return {};
        for (;;) {
            TRY(value({}, depth + 1));
            skip_space();
            if (accept(']')) return {};
            if (!accept(',')) return fail("a comma or the end of the array");
            skip_space();
        }
    }

    Parsed<std::string_view> name() {
        auto const start = at_ + 1;
        TRY(string());
        auto const text = text_.substr(start, at_ - 1 - start);
        bool const plain =
            std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
        if (text.empty() || !plain) return fail("a name in ASCII without escapes");
        return text;
    }

    Parsed<> string() {
        if (!accept('"')) return fail("a string");
        auto const start = at_;
        bool ascii = true;
        while (at_ < text_.size()) {
            auto const c = static_cast<unsigned char>(text_[at_]);
            if (c == '"') {
                if (!ascii && !base::valid_utf8(text_.substr(start, at_ - start)))
                    return fail("text in UTF-8");
                ++at_;
                return {};
            }
            if (c < 0x20) return fail("no control character in a string");
            if (c == '\\') TRY(escape());
            ascii &= c < 0x80;
            ++at_;
        }
        return fail("the end of a string");
    }

    // Stops at the last character of the escape.
    Parsed<> escape() {
        ++at_;
        if (peek() == 'u') {
            for (int i = 0; i < 4; ++i) {
                ++at_;
                if (!hex_digit(peek())) return fail("four hexadecimal digits");
            }
            return {};
        }
        if (peek() == '\0' || !std::string_view{"\"\\/bfnrt"}.contains(peek()))
            return fail("an escape of JSON");
        return {};
    }

    Parsed<> literal(std::string_view word) {
        if (!text_.substr(at_).starts_with(word)) return fail("a JSON value");
        at_ += word.size();
        return {};
    }

    Parsed<> digits() {
        if (!digit(peek())) return fail("a JSON value");
        while (digit(peek())) ++at_;
        return {};
    }

    Parsed<> number() {
        accept('-');
        if (accept('0')) {
            if (digit(peek())) return fail("a number without leading zeros");
        } else {
            TRY(digits());
        }
        if (accept('.')) TRY(digits());
        if (accept('e') || accept('E')) {
            if (!accept('+')) accept('-');
            TRY(digits());
        }
        return {};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<Node> nodes_;
};

} // namespace

std::optional<Value> Value::member(std::string_view key) const {
    if (kind() != Kind::Object) return {};
    for (auto const child : children())
        if (child.key() == key) return child;
    return {};
}

base::Result<Tree, Malformed> Tree::parse(std::string_view text) {
    return Tree{TRY(Parser{text}.parse())};
}

} // namespace attest::json
