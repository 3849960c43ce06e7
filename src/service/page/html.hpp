#pragma once

// HTML that is put together: what stands in the source goes in as it is, everything else only
// escaped. A text of others cannot become markup: it is no literal.

#include <cstdint>
#include <string>
#include <string_view>

namespace service {

// Text that the compiler has seen whole.
class Markup {
public:
    template <std::size_t N>
    consteval Markup(char const (&literal)[N]) // NOLINT(google-explicit-constructor)
        : text_{literal, N - 1} {}
    std::string_view text() const { return text_; }

private:
    std::string_view text_;
};

class Html {
public:
    Html& operator<<(Markup markup) {
        out_ += markup.text();
        return *this;
    }
    // Stands for itself, also between quotes.
    Html& text(std::string_view text);
    Html& number(std::uint64_t number) { return text(std::to_string(number)); }
    // As one part of a path in a link.
    Html& path(std::string_view part);

    // An element around text; the tag is one without attributes.
    Html& element(Markup open, std::string_view inner, Markup close) {
        return (*this << open).text(inner) << close;
    }

    std::string take() && { return std::move(out_); }

private:
    std::string out_;
};

// Seconds since 1970 as 2026-11-30 10:00:00 UTC.
std::string time_text(std::uint64_t seconds);

} // namespace service
