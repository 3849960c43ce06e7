# One folder, one library: its sources, and beside them its tests (x_test.cpp) and fuzzers (x_fuzz.cpp).

find_package(GTest REQUIRED)

# The main function of every test program. It alone knows where the tree and the build lie: all other files then compile to the same in
# each checkout, and ccache has them.
add_library(test_main OBJECT ${CMAKE_SOURCE_DIR}/test/main.cpp)
target_link_libraries(test_main PUBLIC enarx_options GTest::gtest)
target_compile_definitions(test_main PRIVATE ENARX_SOURCE_DIR="${CMAKE_SOURCE_DIR}" ENARX_BINARY_DIR="${CMAKE_BINARY_DIR}")

# component(NAME [RECURSE] [PROGRAM output-name] [LINK libraries...] [PRIVATE_LINK libraries...] [TEST_LINK libraries...])
#
# Makes the library NAME of all sources of the calling folder (with RECURSE: and below it), the program NAME_test of
# its tests and, in the fuzz preset, a program for each fuzzer. Tests find committed data by base/test_folders.hpp.
function(component NAME)
    cmake_parse_arguments(C "RECURSE" "" "LINK;PRIVATE_LINK;TEST_LINK;EXCLUDE" ${ARGN})
    set(how GLOB)
    if(C_RECURSE)
        set(how GLOB_RECURSE)
    endif()
    file(${how} sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} *.cpp *.S)
    set(tests ${sources})
    set(fuzzers ${sources})
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
    list(FILTER sources EXCLUDE REGEX "(^|/)main\\.cpp$")
    foreach(pattern IN LISTS C_EXCLUDE)
        list(FILTER sources EXCLUDE REGEX "${pattern}")
        list(FILTER tests EXCLUDE REGEX "${pattern}")
        list(FILTER fuzzers EXCLUDE REGEX "${pattern}")
    endforeach()

    if(sources)
        add_library(${NAME} STATIC ${sources})
        target_link_libraries(${NAME} PUBLIC enarx_options ${C_LINK} PRIVATE ${C_PRIVATE_LINK})
    else()
        add_library(${NAME} INTERFACE)
        target_link_libraries(${NAME} INTERFACE enarx_options ${C_LINK})
    endif()

    if(tests)
        add_executable(${NAME}_test ${tests})
        target_link_libraries(${NAME}_test PRIVATE ${NAME} ${C_TEST_LINK} test_main GTest::gmock)
        add_test(NAME unit.${NAME} COMMAND ${NAME}_test)
    endif()

    if(ENARX_FUZZ)
        foreach(fuzzer IN LISTS fuzzers)
            get_filename_component(stem ${fuzzer} NAME_WE)
            add_executable(${stem} ${fuzzer})
            target_link_libraries(${stem} PRIVATE ${NAME} ${C_TEST_LINK})
            target_link_options(${stem} PRIVATE -fsanitize=fuzzer)
            set_target_properties(${stem} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzzers)
        endforeach()
    endif()
endfunction()
