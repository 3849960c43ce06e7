#include "net/server/metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace net::server {

namespace {

std::string escaped(std::string_view text) {
    std::string out;
    for (char const c : text) {
        if (c == '\\' || c == '"') out += '\\';
        out += c == '\n' ? std::string{"\\n"} : std::string{c};
    }
    return out;
}

std::string written(Metrics::Labels labels) {
    std::string out;
    for (auto const& [name, value] : labels)
        out += (out.empty() ? "" : ",") + std::string{name} + "=\"" + escaped(value) + '"';
    return out;
}

std::string number(double value) {
    std::array<char, 32> digits{};
    auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    return {digits.data(), end};
}

std::string line(std::string_view name, std::string const& labels, double value) {
    auto const all = labels.empty() ? std::string{} : '{' + labels + '}';
    return std::string{name} + all + ' ' + number(value) + '\n';
}

std::string with(std::string const& labels, std::string const& bound) {
    return labels + (labels.empty() ? "" : ",") + "le=\"" + bound + '"';
}

} // namespace

void Metrics::counter(std::string name, std::string help) {
    families_.emplace(std::move(name), Family{Kind::Counter, std::move(help), {}, {}, {}});
}

void Metrics::gauge(std::string name, std::string help) {
    families_.emplace(std::move(name), Family{Kind::Gauge, std::move(help), {}, {}, {}});
}

void Metrics::histogram(std::string name, std::string help, std::vector<double> bounds) {
    families_.emplace(
        std::move(name), Family{Kind::Histogram, std::move(help), std::move(bounds), {}, {}}
    );
}

void Metrics::change(std::string_view name, Labels labels, double value, bool add) {
    std::scoped_lock const lock{mutex_};
    auto const family = families_.find(name);
    if (family == families_.end()) return;
    auto& present = family->second.values[written(labels)];
    present = add ? present + value : value;
}

void Metrics::add(std::string_view name, Labels labels, double amount) {
    change(name, labels, amount, true);
}

void Metrics::set(std::string_view name, double value, Labels labels) {
    change(name, labels, value, false);
}

void Metrics::observe(std::string_view name, double value, Labels labels) {
    std::scoped_lock const lock{mutex_};
    auto const found = families_.find(name);
    if (found == families_.end()) return;
    auto& family = found->second;
    auto& counts = family.buckets[written(labels)];
    auto const bounds = family.bounds.size();
    counts.resize(bounds + 2);
    for (std::size_t i = 0; i < bounds; ++i)
        if (value <= family.bounds[i]) ++counts[i];
    ++counts[bounds];
    counts[bounds + 1] += value;
}

std::string Metrics::text() const {
    constexpr std::array<std::string_view, 3> kinds{"counter", "gauge", "histogram"};
    std::scoped_lock const lock{mutex_};
    std::string out;
    for (auto const& [name, family] : families_) {
        out += "# HELP " + name + ' ' + escaped(family.help) + '\n';
        out += "# TYPE " + name + ' ';
        out += kinds.at(static_cast<std::size_t>(family.kind));
        out += '\n';
        for (auto const& [labels, value] : family.values) out += line(name, labels, value);
        for (auto const& [labels, counts] : family.buckets) {
            auto const bounds = family.bounds.size();
            for (std::size_t i = 0; i < bounds; ++i)
                out += line(name + "_bucket", with(labels, number(family.bounds[i])), counts[i]);
            out += line(name + "_bucket", with(labels, "+Inf"), counts[bounds]);
            out += line(name + "_count", labels, counts[bounds]);
            out += line(name + "_sum", labels, counts[bounds + 1]);
        }
    }
    return out;
}

} // namespace net::server
