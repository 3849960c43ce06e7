#pragma once

// What the relying party compares evidence with. There is no default: not to compare is a word that
// somebody wrote.

#include "base/view.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace attest {

// The single-use data that the attester was asked to bind.
class ReportData {
public:
    static ReportData exactly(base::View bytes) {
        return ReportData{std::vector(bytes.begin(), bytes.end())};
    }
    // Evidence may then be somebody else's, or old.
    static ReportData unbound() { return ReportData{{}}; }

    std::optional<std::vector<std::byte>> const& value() const { return value_; }

private:
    explicit ReportData(std::optional<std::vector<std::byte>> value) : value_{std::move(value)} {}
    std::optional<std::vector<std::byte>> value_;
};

// The launch measurements that are known to be good.
class Measurements {
public:
    static Measurements any_of(std::vector<std::vector<std::byte>> values) {
        return Measurements{std::move(values)};
    }
    // Evidence may then be of any program.
    static Measurements unbound() { return Measurements{{}}; }

    std::optional<std::vector<std::vector<std::byte>>> const& values() const { return values_; }

private:
    explicit Measurements(std::optional<std::vector<std::vector<std::byte>>> values)
        : values_{std::move(values)} {}
    std::optional<std::vector<std::vector<std::byte>>> values_;
};

struct Expected {
    ReportData report_data;
    Measurements measurements;
};

} // namespace attest
