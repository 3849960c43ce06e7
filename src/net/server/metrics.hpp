#pragma once

// Numbers for Prometheus, in its text format: counters, gauges, histograms. From any thread.

#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace net::server {

class Metrics {
public:
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    // What a name means has to be said once, before it is used. A label must have few values: no
    // name that somebody chooses, no identity of a Keep.
    void counter(std::string name, std::string help);
    void gauge(std::string name, std::string help);
    void histogram(std::string name, std::string help, std::vector<double> bounds); // rising

    void add(std::string_view name, Labels labels = {}, double amount = 1);
    void set(std::string_view name, double value, Labels labels = {});
    void observe(std::string_view name, double value, Labels labels = {});

    std::string text() const; // text/plain; version=0.0.4

private:
    enum class Kind : unsigned char { Counter, Gauge, Histogram };

    struct Family {
        Kind kind;
        std::string help;
        std::vector<double> bounds;
        std::map<std::string, double> values;               // by labels, as they are written
        std::map<std::string, std::vector<double>> buckets; // counts; the last two: all, and sum
    };

    void change(std::string_view name, Labels labels, double value, bool add);

    mutable std::mutex mutex_;
    std::map<std::string, Family, std::less<>> families_;
};

inline constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

} // namespace net::server
