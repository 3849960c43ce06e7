# What `cmake --install` gives a user of the verifier: one archive, its headers, and the CMake package enarx-attest.

include(CMakePackageConfigHelpers)

# The headers that `header` (a path below src/) includes, and those that these include.
function(collect_headers OUT header)
    set(found ${${OUT}})
    if(NOT header IN_LIST found)
        list(APPEND found ${header})
        file(STRINGS ${CMAKE_SOURCE_DIR}/src/${header} lines REGEX "^#include \"")
        foreach(line IN LISTS lines)
            string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" included "${line}")
            collect_headers(found ${included})
        endforeach()
    endif()
    set(${OUT} ${found} PARENT_SCOPE)
endfunction()

# AWS-LC has OpenSSL's names: inside the one object that the archive holds they are made local, so that a program may
# use a cryptographic library of its own beside this one.
set(package_folder ${CMAKE_BINARY_DIR}/enarx-attest)
set(archive ${package_folder}/libenarx-attest.a)
file(MAKE_DIRECTORY ${package_folder})
add_custom_command(
    OUTPUT ${archive}
    COMMAND ${CMAKE_SOURCE_DIR}/tools/merge_archives.sh ${archive} ${aws_lc_lib}/libcrypto.a
        $<TARGET_FILE:attest> $<TARGET_FILE:protocol> $<TARGET_FILE:crypto> $<TARGET_FILE:os> $<TARGET_FILE:base>
    DEPENDS attest protocol crypto os base ${aws_lc_lib}/libcrypto.a ${CMAKE_SOURCE_DIR}/tools/merge_archives.sh
    VERBATIM)
add_custom_target(attest_package ALL DEPENDS ${archive})

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/enarx-attest-config.cmake.in ${package_folder}/enarx-attest-config.cmake
    INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/enarx-attest
    PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(${package_folder}/enarx-attest-config-version.cmake COMPATIBILITY SameMinorVersion)

install(FILES ${archive} DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT attest)
install(FILES ${package_folder}/enarx-attest-config.cmake ${package_folder}/enarx-attest-config-version.cmake
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/enarx-attest COMPONENT attest)
set(headers "")
collect_headers(headers attest/verify.hpp)
collect_headers(headers attest/attest.h)
foreach(header IN LISTS headers)
    get_filename_component(folder ${header} DIRECTORY)
    install(FILES ${CMAKE_SOURCE_DIR}/src/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/enarx/${folder} COMPONENT attest)
endforeach()
