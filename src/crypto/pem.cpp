#include "crypto/pem.hpp"

#include "crypto/base64.hpp"
#include "crypto/wipe.hpp"

#include <optional>
#include <string>

namespace crypto {

namespace {

using namespace std::string_view_literals;

constexpr auto begin_mark = "-----BEGIN "sv;
constexpr auto end_mark = "-----END "sv;
constexpr auto dashes = "-----"sv;
constexpr auto joined_marks = "----------BEGIN "sv;

struct Line {
    std::string_view text; // without its end
    std::size_t offset = 0;
};

// Lines end in LF or CR LF; the last one may lack its end, and so may the end of a block that the
// next one follows at once, as some who join files write it.
class Lines {
public:
    explicit Lines(std::string_view text) : all_{text} {}

    std::optional<Line> next() {
        if (at_ >= all_.size()) return {};
        auto const start = at_;
        auto const end = std::min(all_.find('\n', start), all_.size());
        at_ = end + 1;
        auto text = all_.substr(start, end - start);
        if (auto const joint = text.find(joined_marks);
            text.starts_with(end_mark) && joint != std::string_view::npos) {
            at_ = start + joint + dashes.size();
            return Line{text.substr(0, joint + dashes.size()), start};
        }
        if (text.ends_with('\r') && end < all_.size()) text.remove_suffix(1);
        return Line{text, start};
    }

    std::size_t left() const { return all_.size() - std::min(at_, all_.size()); }

private:
    std::string_view all_;
    std::size_t at_ = 0;
};

std::optional<std::string_view> label_of(std::string_view line, std::string_view mark) {
    if (!line.starts_with(mark) || !line.ends_with(dashes) ||
        line.size() < mark.size() + dashes.size())
        return {};
    return line.substr(mark.size(), line.size() - mark.size() - dashes.size());
}

base::Result<PemBlock, Malformed> parse_block(Lines& lines, Line const& first) {
    auto const label = label_of(first.text, begin_mark);
    if (!label) return std::unexpected(Malformed{"a PEM line that begins a block", first.offset});
    // In one piece of memory, wiped at the end: it may be a private key.
    std::string letters;
    letters.reserve(lines.left());
    std::size_t width = 0;
    bool last = false;
    for (auto line = lines.next(); line; line = lines.next()) {
        if (auto const end = label_of(line->text, end_mark)) {
            auto der = decode_base64(letters);
            wipe(std::as_writable_bytes(std::span{letters}));
            if (*end != *label || !der || der->empty())
                return std::unexpected(Malformed{"the end of a PEM block of base64", line->offset});
            return PemBlock{*label, std::move(*der), first.offset};
        }
        if (width == 0) width = line->text.size();
        // All lines are as wide as the first; only the last may be shorter.
        if (last || line->text.empty() || line->text.size() > width)
            return std::unexpected(Malformed{"a line of base64", line->offset});
        last = line->text.size() < width;
        letters += line->text;
    }
    return std::unexpected(Malformed{"a PEM line that ends the block", first.offset});
}

} // namespace

bool looks_like_pem(base::View text) {
    auto const start = base::text_of(text);
    auto const at = start.find_first_not_of("\r\n");
    return at != std::string_view::npos && start.substr(at).starts_with(begin_mark);
}

base::Result<std::vector<PemBlock>, Malformed> parse_pem(base::View text) {
    std::vector<PemBlock> out;
    Lines lines{base::text_of(text)};
    for (auto line = lines.next(); line; line = lines.next())
        if (!line->text.empty()) out.push_back(TRY(parse_block(lines, *line)));
    if (out.empty()) return std::unexpected(Malformed{"a PEM block"});
    return out;
}

std::string write_pem(std::string_view label, base::View der) {
    constexpr std::size_t width = 64;
    auto const text = encode_base64(der);
    std::string out = std::string{begin_mark} + std::string{label} + std::string{dashes} + '\n';
    for (std::size_t i = 0; i < text.size(); i += width) out += text.substr(i, width) + '\n';
    return out + std::string{end_mark} + std::string{label} + std::string{dashes} + '\n';
}

} // namespace crypto
