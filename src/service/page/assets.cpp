#include "service/page/assets.hpp"

namespace service {

namespace {

constexpr char style[] = {
#embed "page.css"
};
constexpr char icon[] = {
#embed "icon.svg"
};

} // namespace

std::string_view page_style() { return {style, sizeof style}; }
std::string_view page_icon() { return {icon, sizeof icon}; }

} // namespace service
