#include "service/api/page.hpp"

#include <chrono>

namespace service {

namespace {

std::string two(unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::string time_text(std::uint64_t seconds) {
    using namespace std::chrono;
    sys_seconds const at{std::chrono::seconds{seconds}};
    auto const day = floor<days>(at);
    year_month_day const date{day};
    hh_mm_ss const clock{at - day};
    return std::to_string(static_cast<int>(date.year())) + '-' +
           two(static_cast<unsigned>(date.month())) + '-' + two(static_cast<unsigned>(date.day())) +
           ' ' + two(static_cast<unsigned>(clock.hours().count())) + ':' +
           two(static_cast<unsigned>(clock.minutes().count())) + ':' +
           two(static_cast<unsigned>(clock.seconds().count())) + 'Z';
}

std::string row(Decision const& each) {
    constexpr std::size_t short_name = 16;
    auto const result = each.failure.empty()
                            ? std::string{"accepted"}
                            : each.failure + (each.rule.empty() ? "" : ": " + each.rule);
    return "<tr><td>" + time_text(each.time) + "</td><td>" + escaped(each.step) + "</td><td>" +
           escaped(each.deployment) + "</td><td>" + escaped(each.keep.substr(0, short_name)) +
           "</td><td>" + escaped(result) + "</td><td>" + escaped(each.detail) + "</td></tr>\n";
}

constexpr std::string_view style =
    "body{font:1rem/1.5 sans-serif;margin:2rem;max-width:80rem}table{border-collapse:collapse}"
    "td,th{border:1px solid #999;padding:.2rem .5rem;text-align:left;vertical-align:top}"
    "pre{background:#eee;padding:.5rem;overflow:auto}";

} // namespace

std::string escaped(std::string_view text) {
    std::string out;
    for (char const c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#39;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

std::string page_text(PageContents const& contents) {
    auto const name = escaped(contents.name);
    std::string out = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
                      name + "</title><style>" + std::string{style} +
                      "</style></head><body>\n<h1>" + name + "</h1>\n<h2>Last decisions</h2>\n";
    out += "<table><thead><tr><th scope=\"col\">Time</th><th scope=\"col\">Step</th>"
           "<th scope=\"col\">Deployment</th><th scope=\"col\">Keep</th>"
           "<th scope=\"col\">Result</th><th scope=\"col\">Why</th></tr></thead><tbody>\n";
    for (auto const& each : contents.decisions) out += row(each);
    out += "</tbody></table>\n";
    if (contents.decisions.empty()) out += "<p>None since the start.</p>\n";
    out += "<h2>Log</h2>\n<pre>" + escaped(contents.checkpoint) + "</pre>\n<p>Key: <code>" +
           escaped(contents.verifier_key) + "</code></p>\n</body></html>\n";
    return out;
}

} // namespace service
