#pragma once

// What the relying party compares evidence with. There is no default: not to compare is a word that
// somebody wrote. Nobody reads a value here: a Judge hands out each one once, to the rule that
// compares it.

#include "attest/rule.hpp"
#include "base/view.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace attest {

// A value, or the word that there is none to compare with.
template <class Value> class Wish {
public:
    explicit Wish(std::optional<Value> value) : value_{std::move(value)} {}
    bool given() const { return value_.has_value(); }

protected:
    std::optional<Value> const& value() const { return value_; }

private:
    template <class> friend class Once;
    std::optional<Value> value_;
};

// The single-use data that the attester was asked to bind.
class ReportData : public Wish<std::vector<std::byte>> {
public:
    static ReportData exactly(base::View bytes) {
        return ReportData{std::vector(bytes.begin(), bytes.end())};
    }
    // Evidence may then be somebody else's, or old.
    static ReportData unbound() { return ReportData{{}}; }

    // These, or the others where none were given.
    ReportData or_else(ReportData const& others) const { return given() ? *this : others; }
    // Whether nothing was given, or exactly this.
    bool admits(base::View bytes) const { return !value() || base::equal(*value(), bytes); }

private:
    using Wish::Wish;
};

// The launch measurements that are known to be good.
class Measurements : public Wish<std::vector<std::vector<std::byte>>> {
public:
    static Measurements any_of(std::vector<std::vector<std::byte>> values) {
        return Measurements{std::move(values)};
    }
    // Evidence may then be of any program.
    static Measurements unbound() { return Measurements{{}}; }

private:
    using Wish::Wish;
};

struct Expected {
    ReportData report_data;
    Measurements measurements;
};

// A wish during one appraisal: it remembers which rule took the value.
template <class Value> class Once {
public:
    explicit Once(Wish<Value> const& wish) : given_{wish.given()}, value_{wish.value_} {}

    bool given() const { return given_; }
    // Nothing where nothing was given, and for all who come later.
    std::optional<Value> take(Rule const& by) {
        if (value_) taken_by_ = &by;
        return std::exchange(value_, std::nullopt);
    }
    Rule const* taken_by() const { return taken_by_; }

private:
    bool given_;
    std::optional<Value> value_;
    Rule const* taken_by_ = nullptr;
};

} // namespace attest
