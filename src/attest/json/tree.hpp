#pragma once

// JSON (RFC 8259), read strictly and kept in place: each value knows the bytes that it is made of,
// since vendors sign those bytes and not what they mean.

#include "base/result.hpp"
#include "crypto/malformed.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace attest::json {

using crypto::Malformed;

enum class Kind : std::uint8_t { Object, Array, Text, Number, Boolean, Null };

// A value in the order of the text; what an object or array holds follows it up to `end`.
struct Node {
    Kind kind{};
    std::uint32_t end = 0;    // index of the first node behind this value
    std::string_view key;     // of a member; empty elsewhere
    std::string_view content; // the value as it stands; of a text without its quotes
};

class Children;

// Points into a Tree.
class Value {
public:
    Value(std::vector<Node> const& nodes, std::size_t index) : nodes_{&nodes}, index_{index} {}

    Kind kind() const { return node().kind; }
    std::string_view key() const { return node().key; }
    std::string_view content() const { return node().content; }
    // Members or elements; none of what is neither object nor array.
    Children children() const;
    std::optional<Value> member(std::string_view key) const;

private:
    friend class Children;
    Node const& node() const { return (*nodes_)[index_]; }

    std::vector<Node> const* nodes_;
    std::size_t index_;
};

class Children {
public:
    class Iterator {
    public:
        Iterator(std::vector<Node> const& nodes, std::size_t index)
            : nodes_{&nodes}, index_{index} {}
        Value operator*() const { return {*nodes_, index_}; }
        Iterator& operator++() {
            index_ = (*nodes_)[index_].end;
            return *this;
        }
        friend bool operator==(Iterator const& a, Iterator const& b) {
            return a.index_ == b.index_;
        }

    private:
        std::vector<Node> const* nodes_;
        std::size_t index_;
    };

    explicit Children(Value const& value) : value_{value} {}
    Iterator begin() const { return {*value_.nodes_, value_.index_ + 1}; }
    Iterator end() const { return {*value_.nodes_, value_.node().end}; }

private:
    Value value_;
};

inline Children Value::children() const { return Children{*this}; }

class Tree {
public:
    // One value and white space around it. Refused, beside what is no JSON: a name twice in one
    // object, a name that is not printable ASCII without escapes, and more depth or members than
    // vendors' documents have. `text` outlives the tree.
    static base::Result<Tree, Malformed> parse(std::string_view text);

    Value root() const { return {nodes_, 0}; }

private:
    explicit Tree(std::vector<Node> nodes) : nodes_{std::move(nodes)} {}
    std::vector<Node> nodes_;
};

} // namespace attest::json
