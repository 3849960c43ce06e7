#include "keep/exec/vfs/memory/open_directory.hpp"
#include "keep/exec/vfs/package.hpp"
#include "keep/exec/vfs/package/copy.hpp"
#include "keep/exec/vfs/path.hpp"

#include <array>
#include <utility>

namespace exec::vfs {

using base::Errno;

namespace {

std::shared_ptr<memory::Tree> make_tree(MemoryOptions options) {
    options.now = [made_ns = options.now()] { return made_ns; };
    return std::make_shared<memory::Tree>(std::move(options));
}

std::unique_ptr<Directory> sealed(std::shared_ptr<memory::Tree> tree) {
    tree->make_read_only();
    auto& root = tree->root();
    return std::make_unique<memory::OpenDirectory>(std::move(tree), root);
}

Result<void> make_directories(Directory& root, std::string_view path) {
    for (auto at = path.find('/'); at != std::string_view::npos; at = path.find('/', at + 1)) {
        auto const made = root.create_directory(path.substr(0, at));
        if (!made && made.error() != Errno::Exist) return made;
    }
    return {};
}

Result<void> add(Directory& root, PackageFile const& file) {
    TRY(check_path(file.path));
    TRY(make_directories(root, split(file.path).parent));
    auto node = TRY(root.open(file.path, {.write = true, .create = true, .exclusive = true}));
    std::array const contents{file.contents};
    auto const written = TRY(std::get<std::unique_ptr<File>>(node)->write_at(contents, 0));
    if (written < file.contents.size()) return std::unexpected(Errno::NoSpc);
    return {};
}

} // namespace

Result<std::unique_ptr<Directory>>
make_package(std::span<PackageFile const> files, MemoryOptions options) {
    auto tree = make_tree(std::move(options));
    memory::OpenDirectory root{tree, tree->root()};
    for (auto const& file : files) TRY(add(root, file));
    return sealed(std::move(tree));
}

Result<std::unique_ptr<Directory>> make_package(Directory& source, MemoryOptions options) {
    auto tree = make_tree(std::move(options));
    memory::OpenDirectory root{tree, tree->root()};
    TRY(package::copy(source, root));
    return sealed(std::move(tree));
}

} // namespace exec::vfs
