// The rules of "enarx run": who wins, and which descriptor is what.

#include "package/plan/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace package;
using ::testing::ElementsAre;

Directory directory(std::string path) {
    return {
        .path = std::move(path), .source = Source::Memory, .host_path = "", .mode = Mode::ReadWrite
    };
}
Listen listener(std::string name) {
    return {
        .name = std::move(name), .protocol = Protocol::Tcp, .address = "::", .port = 80, .tls = {}
    };
}
Connect connection(std::string name) {
    return {
        .name = std::move(name),
        .protocol = Protocol::Tcp,
        .host = "localhost",
        .port = 80,
        .tls = {}
    };
}

Configuration with_files(std::vector<File> files) {
    Configuration configuration;
    configuration.files = std::move(files);
    return configuration;
}

// "0=stdin 3=file2": what each descriptor is.
std::string roles(Plan const& plan) {
    std::string text;
    for (auto const& descriptor : plan.descriptors) {
        if (!text.empty()) text += ' ';
        text += std::to_string(descriptor.number) + '=';
        if (auto const* stream = std::get_if<StandardStream>(&descriptor.role))
            text += "stream" + std::to_string(stream->number);
        else if (auto const* file = std::get_if<FromConfiguration>(&descriptor.role))
            text += "file" + std::to_string(file->file);
        else if (auto const* dir = std::get_if<FromCommandLine>(&descriptor.role))
            text += "dir" + std::to_string(dir->directory);
        else
            text += "null";
    }
    return text;
}

std::string value_of(Plan const& plan, std::string const& key) {
    for (auto const& pair : plan.environment)
        if (pair.starts_with(key + '=')) return pair.substr(key.size() + 1);
    return "unset";
}

TEST(Plan, without_anything_has_the_standard_streams_and_an_empty_environment) {
    auto const plan = make_plan({}, {.program = "app.wasm"});
    EXPECT_THAT(plan.argv, ElementsAre("app.wasm"));
    EXPECT_TRUE(plan.environment.empty());
    EXPECT_EQ(roles(plan), "0=stream0 1=stream1 2=stream2");
}

TEST(Plan, of_a_configuration_without_files_has_the_standard_streams) {
    auto const plan = make_plan(Configuration{}, {.program = "main.wasm"});
    EXPECT_EQ(roles(plan), "0=stream0 1=stream1 2=stream2");
    EXPECT_EQ(value_of(plan, "FD_COUNT"), "3");
    EXPECT_EQ(value_of(plan, "FD_NAMES"), "stdin:stdout:stderr");
}

TEST(Plan, with_only_sockets_puts_them_behind_the_standard_streams) {
    auto const plan = make_plan(with_files({listener("PING"), connection("db")}), {.program = "a"});
    EXPECT_EQ(roles(plan), "0=stream0 1=stream1 2=stream2 3=file0 4=file1");
    EXPECT_EQ(value_of(plan, "FD_COUNT"), "5");
    EXPECT_EQ(value_of(plan, "FD_NAMES"), "stdin:stdout:stderr:PING:db");
}

TEST(Plan, with_a_stream_takes_the_index_of_a_file_as_its_descriptor) {
    auto const plan = make_plan(
        with_files(
            {Stdin{"stdin"}, Stdout{"stdout"}, Stderr{"stderr"}, listener("PING"), connection("db")}
        ),
        {.program = "a"}
    );
    EXPECT_EQ(roles(plan), "0=stream0 1=stream1 2=stream2 3=file3 4=file4");
}

TEST(Plan, with_a_null_entry_takes_the_index_of_a_file_as_its_descriptor) {
    auto const plan = make_plan(
        with_files({listener("PING"), Null{"null"}, Stdout{"out"}, Stdin{"in"}}), {.program = "a"}
    );
    EXPECT_EQ(roles(plan), "0=file0 1=null 2=stream1 3=stream0");
    EXPECT_EQ(value_of(plan, "FD_NAMES"), "PING:null:out:in");
}

TEST(Plan, with_fewer_than_three_files_leaves_the_other_streams_nowhere) {
    auto const plan = make_plan(with_files({Null{"null"}, Stdout{"stdout"}}), {.program = "a"});
    EXPECT_EQ(roles(plan), "0=null 1=stream1 2=null");
    EXPECT_EQ(value_of(plan, "FD_COUNT"), "2");
}

TEST(Plan, puts_directories_from_three_on_and_sockets_behind_them) {
    auto const plan = make_plan(
        with_files({listener("PING"), directory("/data"), connection("db"), directory("/tmp")}),
        {.program = "a", .directories = {"/work"}}
    );
    EXPECT_EQ(roles(plan), "0=stream0 1=stream1 2=stream2 3=file1 4=file3 5=dir0 6=file0 7=file2");
    EXPECT_EQ(value_of(plan, "FD_NAMES"), "stdin:stdout:stderr:/data:/tmp:/work:PING:db");
}

TEST(Plan, puts_directories_from_three_on_beside_streams_too) {
    auto const plan = make_plan(
        with_files({Stdin{"i"}, Stdout{"o"}, Stderr{"e"}, listener("PING"), directory("/data")}),
        {.program = "a"}
    );
    EXPECT_EQ(roles(plan), "0=stream0 1=stream1 2=stream2 3=file4 4=file3");
}

TEST(Plan, puts_directories_from_three_on_even_with_fewer_streams) {
    auto const plan = make_plan(with_files({Stdout{"o"}, directory("/data")}), {.program = "a"});
    EXPECT_EQ(roles(plan), "0=stream1 1=null 2=null 3=file1");
    EXPECT_EQ(value_of(plan, "FD_NAMES"), "o:::/data");
    EXPECT_EQ(value_of(plan, "FD_COUNT"), "4");
}

TEST(Plan, names_a_directory_without_colons_because_they_separate_names) {
    auto const plan = make_plan(Configuration{}, {.program = "a", .directories = {"/a:b"}});
    EXPECT_EQ(value_of(plan, "FD_NAMES"), "stdin:stdout:stderr:/a_b");
}

TEST(Plan, takes_the_arguments_of_the_configuration_only_if_the_command_line_has_none) {
    Configuration configuration;
    configuration.args = {"one", "two"};
    EXPECT_THAT(make_plan(configuration, {.program = "a"}).argv, ElementsAre("a", "one", "two"));
    EXPECT_THAT(
        make_plan(configuration, {.program = "a", .args = {"three"}}).argv,
        ElementsAre("a", "three")
    );
}

TEST(Plan, lets_the_command_line_add_to_the_environment_and_override_it) {
    Configuration configuration;
    configuration.env = {{"A", "1"}, {"B", "2"}};
    auto const plan = make_plan(configuration, {.program = "a", .env = {"B=3", "C=4=5", "D="}});
    EXPECT_EQ(value_of(plan, "A"), "1");
    EXPECT_EQ(value_of(plan, "B"), "3");
    EXPECT_EQ(value_of(plan, "C"), "4=5");
    EXPECT_EQ(value_of(plan, "D"), "");
    EXPECT_EQ(plan.environment.size(), 6U);
}

TEST(Plan, tells_descriptors_only_to_an_application_with_a_configuration) {
    auto const plan = make_plan({}, {.program = "a", .env = {"K=V"}, .directories = {"/"}});
    EXPECT_THAT(plan.environment, ElementsAre("K=V"));
}

TEST(Plan, lets_the_user_say_what_FD_COUNT_is) {
    Configuration configuration;
    configuration.env = {{"FD_COUNT", "9"}};
    EXPECT_EQ(value_of(make_plan(configuration, {.program = "a"}), "FD_COUNT"), "9");
}

TEST(Plan, lets_the_command_line_set_the_limit_of_memory) {
    Configuration configuration;
    configuration.limits.memory = 1000;
    EXPECT_EQ(make_plan(configuration, {.program = "a"}).max_memory, 1000U);
    EXPECT_EQ(make_plan(configuration, {.program = "a", .max_memory = 2000}).max_memory, 2000U);
    EXPECT_EQ(make_plan({}, {.program = "a"}).max_memory, std::nullopt);
}

} // namespace
