#pragma once

// Operations on a mount made of arbitrary bytes, so that two mounts can be driven alike and their
// answers compared.

#include "keep/exec/vfs/test/files.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace exec::vfs::test {

// Numbers out of bytes; zeros once they are used up.
class Input {
public:
    explicit Input(std::span<std::uint8_t const> bytes) : bytes_{bytes} {}

    bool empty() const { return bytes_.empty(); }
    std::uint8_t next() {
        if (bytes_.empty()) return 0;
        auto const byte = bytes_.front();
        bytes_ = bytes_.subspan(1);
        return byte;
    }

private:
    std::span<std::uint8_t const> bytes_;
};

enum class Kind : std::uint8_t {
    Open,
    OpenDirectory,
    Put,
    Stat,
    CreateDirectory,
    RemoveDirectory,
    Unlink,
    Rename,
    Link,
    Symlink,
    ReadLink,
    List,
    Read,
    Write,
    Append,
    SetSize,
    Allocate,
    StatFile,
    StatDirectory,
    Close
};
inline constexpr std::uint8_t kinds = 20;

struct Operation {
    Kind kind;
    std::size_t directory; // slots
    std::size_t other;
    std::size_t file;
    std::string path;
    std::string second;
    OpenHow how;
    std::uint64_t offset;
    std::uint64_t length;
};

inline constexpr std::size_t slots = 4;

inline std::string make_path(Input& in) {
    static std::array<std::string, 16> const components{
        "a",
        "b",
        "c",
        "d",
        "a",
        "b",
        "c",
        "d",
        ".",
        "..",
        "..",
        "\xc3\xa9",
        "",
        "e",
        "\xff",
        std::string(256, 'n')
    };
    auto const shape = in.next();
    std::string path = (shape & 0xf0) == 0xf0 ? "/" : "";
    for (int i = 0; i <= (shape & 3); ++i) {
        if (i > 0) path += '/';
        path += components.at(in.next() & 15);
    }
    if ((shape & 0x0c) == 0x0c) path += '/';
    return path;
}

// Up to 65 535, now and then up to four times that: several pieces of a file in memory.
inline std::uint64_t make_number(Input& in) {
    std::uint64_t const low = in.next();
    if (low < 200) return low;
    return (low - 200) << 8 << ((low & 3) != 0 ? 0 : 2) | in.next();
}

inline OpenHow make_how(Input& in) {
    auto const bits = in.next();
    return {
        .read = (bits & 1) == 0,
        .write = (bits & 2) != 0,
        .create = (bits & 4) != 0,
        .exclusive = (bits & 24) == 24,
        .truncate = (bits & 96) == 96,
        .directory = (bits & 40) == 40,
        .follow = (bits & 128) != 0 ? Follow::No : Follow::Yes,
    };
}

inline Operation make_operation(Input& in) {
    auto const kind = Kind{static_cast<std::uint8_t>(in.next() % kinds)};
    auto const where = in.next();
    Operation operation{
        .kind = kind,
        .directory = where % slots,
        .other = where / slots % slots,
        .file = where / slots / slots % slots,
        .path = {},
        .second = {},
        .how = {},
        .offset = 0,
        .length = 0,
    };
    if (kind <= Kind::ReadLink) operation.path = make_path(in);
    if (kind >= Kind::Rename && kind <= Kind::Symlink) operation.second = make_path(in);
    if (kind == Kind::Open || kind == Kind::Stat || kind == Kind::Link)
        operation.how = make_how(in);
    if (kind >= Kind::List && kind <= Kind::Allocate) {
        operation.offset = make_number(in);
        operation.length = make_number(in);
    }
    return operation;
}

// Carries operations out on one mount and tells what came of them, in words that are the same for
// all mounts.
class Driver {
public:
    explicit Driver(std::unique_ptr<Directory> root) { directories_[0] = std::move(root); }

    std::string apply(Operation const& operation) {
        if (operation.kind <= Kind::List || operation.kind == Kind::StatDirectory)
            return on_directory(operation);
        return on_file(operation);
    }

private:
    static std::string say(Errno error) {
        return "error " + std::to_string(static_cast<int>(error));
    }
    static std::string say(Result<void> const& done) { return done ? "done" : say(done.error()); }
    static std::string say(Result<std::string> const& text) {
        return text ? *text : say(text.error());
    }
    static std::string say(Result<std::size_t> const& n) {
        return n ? std::to_string(*n) : say(n.error());
    }

    // What mounts may differ in, such as times and what a directory's size is, stays unsaid.
    static std::string say(Result<Stat> const& stat) {
        if (!stat) return say(stat.error());
        auto text = "type " + std::to_string(static_cast<int>(stat->type));
        if (stat->type == FileType::Directory) return text;
        return text + " links " + std::to_string(stat->links) + " size " +
               std::to_string(stat->size);
    }

    static std::string say_list(Directory& directory, std::size_t room) {
        auto const found = names(directory, (room % 512) + 1);
        if (!found) return say(found.error());
        std::string text;
        for (auto const& name : *found) text += name + ',';
        return text;
    }

    std::string open(Directory& in, Operation const& op, OpenHow how) {
        auto node = in.open(op.path, how);
        if (!node) return say(node.error());
        if (auto* const file = std::get_if<std::unique_ptr<File>>(&*node)) {
            files_.at(op.file) = std::move(*file);
            return "file";
        }
        // The root stays where it is, so that something always is there.
        directories_.at(1 + (op.other % (slots - 1))) =
            std::get<std::unique_ptr<Directory>>(std::move(*node));
        return "directory";
    }

    std::string on_directory(Operation const& op) {
        if (!directories_.at(op.directory)) return "none";
        auto& in = *directories_.at(op.directory);
        auto& other = directories_.at(op.other) ? *directories_.at(op.other) : *directories_[0];
        switch (op.kind) {
        case Kind::Open:
            return open(in, op, op.how);
        case Kind::OpenDirectory:
            return open(in, op, {.directory = true});
        case Kind::Put:
            return open(in, op, {.write = true, .create = true});
        case Kind::Stat:
            return say(in.stat(op.path, op.how.follow));
        case Kind::CreateDirectory:
            return say(in.create_directory(op.path));
        case Kind::RemoveDirectory:
            return say(in.remove_directory(op.path));
        case Kind::Unlink:
            return say(in.unlink(op.path));
        case Kind::Rename:
            return say(in.rename(op.path, other, op.second));
        case Kind::Link:
            return say(in.link(op.path, op.how.follow, other, op.second));
        case Kind::Symlink:
            return say(in.symlink(op.second, op.path));
        case Kind::ReadLink:
            return say(in.read_link(op.path));
        case Kind::List:
            return say_list(in, op.length);
        default:
            return say(in.stat());
        }
    }

    std::string on_file(Operation const& op) {
        if (!files_.at(op.file)) return "none";
        auto& file = *files_.at(op.file);
        auto const text = std::string(op.length, static_cast<char>('a' + (op.offset % 26)));
        switch (op.kind) {
        case Kind::Read:
            return say(read_at(file, op.length, op.offset));
        case Kind::Write:
            return say(write_at(file, text, op.offset));
        case Kind::Append: {
            auto const appended = append(file, text);
            if (!appended) return say(appended.error());
            // Where an append of nothing ends is not asked.
            return appended->written == 0 ? "0" : std::to_string(appended->end);
        }
        case Kind::SetSize:
            return say(file.set_size(op.offset));
        case Kind::Allocate:
            return say(file.allocate(op.offset, op.length));
        case Kind::StatFile:
            return say(file.stat());
        default:
            files_.at(op.file).reset();
            return "closed";
        }
    }

    std::array<std::unique_ptr<Directory>, slots> directories_;
    std::array<std::unique_ptr<File>, slots> files_;
};

inline std::string describe(Operation const& op) {
    return "kind " + std::to_string(static_cast<int>(op.kind)) + " in " +
           std::to_string(op.directory) + " other " + std::to_string(op.other) + " file " +
           std::to_string(op.file) + " \"" + op.path + "\" \"" + op.second + "\" offset " +
           std::to_string(op.offset) + " length " + std::to_string(op.length) +
           (op.how.create ? " create" : "") + (op.how.exclusive ? " exclusive" : "") +
           (op.how.write ? " write" : "") + (op.how.truncate ? " truncate" : "") +
           (op.how.directory ? " directory" : "") +
           (op.how.follow == Follow::No ? " nofollow" : "");
}

} // namespace exec::vfs::test
