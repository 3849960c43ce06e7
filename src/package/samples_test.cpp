// The committed samples of Enarx.toml: what the schema in docs/ accepts and refuses, the parser
// does, too.

#include "base/test_folders.hpp"
#include "package/configuration.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace {

using Parsed = base::Result<package::Configuration, package::ConfigurationError>;

// Calls `judge` with the name and the outcome of each sample of a folder.
template <class Judge> void each(std::string const& folder, Judge judge) {
    std::size_t samples = 0;
    auto const path = std::string{enarx::test::source_folder} + "/test/configuration/" + folder;
    for (auto const& entry : std::filesystem::directory_iterator{path}) {
        std::stringstream text;
        text << std::ifstream{entry.path()}.rdbuf();
        Parsed const parsed = package::parse_configuration(text.str());
        judge(entry.path().filename().string(), parsed);
        ++samples;
    }
    EXPECT_GT(samples, 10U);
}

TEST(Samples, GoodOnesAreAccepted) {
    each("good", [](std::string const& name, Parsed const& parsed) {
        EXPECT_TRUE(parsed) << name << ": " << parsed.error().message;
    });
}

TEST(Samples, BadOnesAreRefused) {
    each("bad", [](std::string const& name, Parsed const& parsed) {
        EXPECT_FALSE(parsed) << name;
    });
}

} // namespace
