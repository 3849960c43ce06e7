#pragma once

// The memory mount said as simply as possible, to compare the real one with: maps of names, strings
// of bytes, no limits.

#include "keep/exec/vfs/path.hpp"
#include "keep/exec/vfs/test/files.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace exec::vfs::test {

struct Node {
    FileType type;
    std::string text = {}; // of a file; of a link: where it leads
    std::map<std::string, std::shared_ptr<Node>> children = {};
    std::uint64_t links = 1;

    bool directory() const { return type == FileType::Directory; }
    bool link() const { return type == FileType::SymbolicLink; }
    bool removed() const { return links == 0; }
};
using Way =
    std::vector<std::shared_ptr<Node>>; // from where a path starts down to where it has come

enum class Last : std::uint8_t { Stay, SlashFollows, SlashStays, Follow };

struct Found {
    Way way; // to the directory that holds the name
    std::string name;
    bool slash;
    std::shared_ptr<Node> node; // none: not there

    Node& directory() const { return *way.back(); }
    bool dots() const { return name == "." || name == ".."; }
    Errno missing() const {
        return !directory().removed() && name.size() > longest_name ? Errno::NameTooLong
                                                                    : Errno::NoEnt;
    }
};

// Goes one component, and the rest by itself again.
inline Result<Found> find(Way way, std::string path, Last last, unsigned links = 0) {
    if (!way.back()->directory()) return std::unexpected(Errno::NotDir);
    while (path.starts_with('/')) path.erase(0, 1);
    auto const end = path.find('/');
    Found found{
        .way = way, .name = path.substr(0, end), .slash = end != std::string::npos, .node = {}
    };
    auto const rest = found.slash ? path.substr(end) : "";
    bool const ends = without_slashes(rest).empty();

    if (found.name == ".") found.node = way.back();
    if (found.name == ".." && way.size() == 1) return std::unexpected(Errno::Perm);
    if (found.name == "..") found.node = way[way.size() - 2];
    if (way.back()->children.contains(found.name)) found.node = way.back()->children[found.name];

    bool const follows = last == Last::Follow || (last == Last::SlashFollows && found.slash) ||
                         (last == Last::SlashStays && !found.slash);
    if (found.node && found.node->link() && (!ends || follows)) {
        if (links == most_links) return std::unexpected(Errno::Loop);
        return find(std::move(way), found.node->text + rest, last, links + 1);
    }
    if (ends) return found;
    if (!found.node) return std::unexpected(found.missing());
    if (found.name == "..") way.pop_back();
    if (!found.dots()) way.push_back(found.node);
    return find(std::move(way), rest, last, links);
}

inline Result<std::shared_ptr<Node>>
find_node(std::shared_ptr<Node> const& from, std::string_view path, Last last) {
    TRY(check_path(path));
    auto const found = TRY(find({from}, std::string{path}, last));
    if (!found.node) return std::unexpected(found.missing());
    if (found.slash && !found.node->directory()) return std::unexpected(Errno::NotDir);
    return found.node;
}

inline Last last(Follow follow) {
    return follow == Follow::Yes ? Last::Follow : Last::SlashFollows;
}

inline Stat stat_of(Node const& node) {
    return {.type = node.type, .links = node.links, .size = node.text.size()};
}

class ModelFile : public File {
public:
    ModelFile(std::shared_ptr<Node> node, OpenHow how) : node_{std::move(node)}, how_{how} {}

    Result<std::size_t> read_at(ReadBuffers out, std::uint64_t offset) override {
        if (!how_.read && how_.write) return std::unexpected(Errno::BadF);
        if (offset >= node_->text.size()) return 0;
        auto const part = std::string_view{node_->text}.substr(offset, out[0].size());
        std::ranges::copy(std::as_bytes(std::span{part}), out[0].begin());
        return part.size();
    }
    Result<std::size_t> write_at(WriteBuffers in, std::uint64_t offset) override {
        if (!how_.write) return std::unexpected(Errno::BadF);
        if (in[0].empty()) return 0;
        grow(offset + in[0].size());
        std::ranges::copy(
            in[0], std::as_writable_bytes(std::span{node_->text}).subspan(offset).begin()
        );
        return in[0].size();
    }
    Result<Appended> append(WriteBuffers in) override {
        auto const written = TRY(write_at(in, node_->text.size()));
        return Appended{.written = written, .end = node_->text.size()};
    }
    Result<Stat> stat() const override { return stat_of(*node_); }
    Result<void> set_size(std::uint64_t size) override {
        if (!how_.write) return std::unexpected(Errno::Inval);
        node_->text.resize(size);
        return {};
    }
    Result<void> set_times(Times /*times*/) override { return {}; }
    Result<void> allocate(std::uint64_t offset, std::uint64_t length) override {
        if (length == 0) return std::unexpected(Errno::Inval);
        if (!how_.write) return std::unexpected(Errno::BadF);
        grow(offset + length);
        return {};
    }
    Result<void>
    advise(std::uint64_t /*at*/, std::uint64_t /*length*/, Advice /*advice*/) override {
        return {};
    }
    Result<void> sync(bool /*data_only*/) override { return {}; }

private:
    void grow(std::uint64_t size) {
        if (size > node_->text.size()) node_->text.resize(size);
    }

    std::shared_ptr<Node> node_;
    OpenHow how_;
};

class ModelDirectory : public Directory {
public:
    explicit ModelDirectory(std::shared_ptr<Node> node) : node_{std::move(node)} {}

    Result<vfs::Node> open(std::string_view path, OpenHow how) override {
        TRY(check_path(path));
        if (how.create && how.directory) return std::unexpected(Errno::Inval);
        auto const node =
            TRY(how.create ? create(path, how) : find_node(node_, path, last(how.follow)));
        if (how.create && node->directory()) return std::unexpected(Errno::IsDir);
        if (how.directory && !node->directory()) return std::unexpected(Errno::NotDir);
        if (node->link()) return std::unexpected(Errno::Loop);
        if (node->directory() && (how.write || how.truncate)) return std::unexpected(Errno::IsDir);
        if (node->directory()) return std::make_unique<ModelDirectory>(node);
        if (how.truncate) node->text.clear();
        return std::make_unique<ModelFile>(node, how);
    }
    Result<Stat> stat() const override { return stat_of(*node_); }
    Result<Stat> stat(std::string_view path, Follow follow) const override {
        return stat_of(*TRY(find_node(node_, path, last(follow))));
    }
    Result<void> set_times(Times /*times*/) override { return {}; }
    Result<void> set_times(std::string_view /*path*/, Times /*times*/, Follow /*follow*/) override {
        return {};
    }

    Result<void> create_directory(std::string_view path) override {
        return add(path, std::make_shared<Node>(FileType::Directory));
    }
    Result<void> symlink(std::string_view target, std::string_view path) override {
        TRY(check_target(target));
        return add(path, std::make_shared<Node>(FileType::SymbolicLink, std::string{target}));
    }
    Result<void> remove_directory(std::string_view path) override {
        auto const found = TRY(place(path));
        if (found.name == ".") return std::unexpected(Errno::Inval);
        if (found.name == "..") return std::unexpected(Errno::NotEmpty);
        if (!found.node) return std::unexpected(found.missing());
        if (!found.node->directory()) return std::unexpected(Errno::NotDir);
        if (!found.node->children.empty()) return std::unexpected(Errno::NotEmpty);
        remove(found);
        return {};
    }
    Result<void> unlink(std::string_view path) override {
        auto const found = TRY(place(path));
        if (!found.node) return std::unexpected(found.missing());
        if (found.node->directory()) return std::unexpected(Errno::IsDir);
        if (found.slash) return std::unexpected(Errno::NotDir);
        remove(found);
        return {};
    }
    Result<void>
    rename(std::string_view from_path, Directory& to_directory, std::string_view to_path) override {
        TRY(check_path(from_path));
        TRY(check_path(to_path));
        auto const from = TRY(place(from_path));
        auto const to = TRY(dynamic_cast<ModelDirectory&>(to_directory).place(to_path));
        TRY(check_rename(from, to));
        if (to.node == from.node) return {};
        if (to.node) --to.node->links;
        to.directory().children[to.name] = from.node;
        from.directory().children.erase(from.name);
        return {};
    }
    Result<void>
    link(std::string_view from, Follow follow, Directory& to, std::string_view path) override {
        TRY(check_path(from));
        TRY(check_path(path));
        auto const node = TRY(find_node(node_, from, last(follow)));
        auto const found = TRY(dynamic_cast<ModelDirectory&>(to).place(path));
        if (found.node) return std::unexpected(Errno::Exist);
        if (found.slash) return std::unexpected(found.missing());
        if (node->directory()) return std::unexpected(Errno::Perm);
        TRY(insert(found, node));
        ++node->links;
        return {};
    }
    Result<std::string> read_link(std::string_view path) const override {
        auto const node = TRY(find_node(node_, path, Last::SlashFollows));
        if (!node->link()) return std::unexpected(Errno::Inval);
        return node->text;
    }
    // All at once.
    Result<std::vector<Entry>> entries(std::uint64_t cookie, std::size_t /*room*/) override {
        std::vector<Entry> list;
        if (node_->removed()) return std::unexpected(Errno::NoEnt);
        if (cookie > 0) return list;
        for (auto const& [name, node] : node_->children)
            list.push_back({.next = 1, .inode = 0, .type = node->type, .name = name});
        return list;
    }
    Result<void> sync() override { return {}; }

private:
    Result<Found> place(std::string_view path) const {
        TRY(check_path(path));
        return find({node_}, std::string{path}, Last::Stay);
    }

    static Result<void> insert(Found const& found, std::shared_ptr<Node> const& node) {
        if (found.directory().removed() || found.name.size() > longest_name)
            return std::unexpected(found.missing());
        found.directory().children[found.name] = node;
        return {};
    }

    Result<void> add(std::string_view path, std::shared_ptr<Node> const& node) {
        auto const found = TRY(place(path));
        if (found.node) return std::unexpected(Errno::Exist);
        if (found.slash && !node->directory()) return std::unexpected(found.missing());
        return insert(found, node);
    }

    Result<std::shared_ptr<Node>> create(std::string_view path, OpenHow how) {
        bool const follow = how.follow == Follow::Yes && !how.exclusive;
        auto const found =
            TRY(find({node_}, std::string{path}, follow ? Last::SlashStays : Last::Stay));
        if (found.slash && !found.dots()) return std::unexpected(Errno::IsDir);
        if (found.node && how.exclusive) return std::unexpected(Errno::Exist);
        if (found.node) return found.node;
        auto node = std::make_shared<Node>(FileType::RegularFile);
        TRY(insert(found, node));
        return node;
    }

    static void remove(Found const& found) {
        --found.node->links;
        found.directory().children.erase(found.name);
    }

    static bool holds(Node const& top, Node const& node) {
        if (&top == &node) return true;
        return std::ranges::any_of(top.children, [&](auto const& child) {
            return holds(*child.second, node);
        });
    }

    static Result<void> check_rename(Found const& from, Found const& to) {
        if (from.dots() || to.dots()) return std::unexpected(Errno::Busy);
        if (!from.node) return std::unexpected(from.missing());
        if (!to.node && (to.directory().removed() || to.name.size() > longest_name))
            return std::unexpected(to.missing());
        bool const directory = from.node->directory();
        if (!directory && (from.slash || to.slash)) return std::unexpected(Errno::NotDir);
        if (directory && holds(*from.node, to.directory())) return std::unexpected(Errno::Inval);
        if (!to.node || to.node == from.node) return {};
        if (holds(*to.node, from.directory())) return std::unexpected(Errno::NotEmpty);
        if (directory && !to.node->directory()) return std::unexpected(Errno::NotDir);
        if (!directory && to.node->directory()) return std::unexpected(Errno::IsDir);
        if (!to.node->children.empty()) return std::unexpected(Errno::NotEmpty);
        return {};
    }

    std::shared_ptr<Node> node_;
};

} // namespace exec::vfs::test
