#include "voting/page/page.hpp"

#include <algorithm>
#include <array>

namespace voting {

namespace {

constexpr char html[] = {
#embed "index.html"
};
constexpr char style[] = {
#embed "page.css"
};
constexpr char script[] = {
#embed "page.js"
};
constexpr char icon[] = {
#embed "icon.svg"
};

constexpr std::array parts{
    PagePart{"/", "text/html; charset=utf-8", {html, sizeof html}},
    PagePart{"/page.css", "text/css; charset=utf-8", {style, sizeof style}},
    PagePart{"/page.js", "text/javascript; charset=utf-8", {script, sizeof script}},
    PagePart{"/icon.svg", "image/svg+xml", {icon, sizeof icon}},
};

} // namespace

PagePart const* page_part(std::string_view path) {
    auto const found = std::ranges::find(parts, path, &PagePart::path);
    return found == parts.end() ? nullptr : &*found;
}

} // namespace voting
