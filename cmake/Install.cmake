# What `cmake --install` puts where: the binary, its manual pages and completions, and libsignet: the
# protocol tower as two static libraries, one that verifies and one that signs and issues, with their
# headers, a CMake package and pkg-config files.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# --- libsignet ---------------------------------------------------------------------------------------

get_property(protocol GLOBAL PROPERTY SIGNET_PROTOCOL)
set(verify_objects "")
set(sign_objects "")
foreach(target IN LISTS protocol)
  if(target MATCHES "_(sign|issue)$")
    list(APPEND sign_objects $<TARGET_OBJECTS:${target}>)
  else()
    list(APPEND verify_objects $<TARGET_OBJECTS:${target}>)
  endif()
  get_target_property(headers ${target} HEADER_SET)
  foreach(header IN LISTS headers)
    cmake_path(RELATIVE_PATH header BASE_DIRECTORY "${PROJECT_SOURCE_DIR}/src")
    cmake_path(GET header PARENT_PATH folder)
    install(FILES "src/${header}" COMPONENT library
            DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/signet/${folder}")
  endforeach()
endforeach()

add_library(libsignet STATIC ${verify_objects})
add_library(libsignet_sign STATIC ${sign_objects})
set_target_properties(libsignet PROPERTIES OUTPUT_NAME signet LINKER_LANGUAGE CXX)
set_target_properties(libsignet_sign PROPERTIES OUTPUT_NAME signet-sign LINKER_LANGUAGE CXX)
install(TARGETS libsignet libsignet_sign COMPONENT library
        ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")

configure_package_config_file(cmake/signetConfig.cmake.in signetConfig.cmake
  INSTALL_DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/signet"
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR)
write_basic_package_version_file(signetConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/signetConfig.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/signetConfigVersion.cmake"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/cmake/signet" COMPONENT library)

# The prefix is known when it is installed, not before.
set(PREFIX_LATER "@prefix@")
foreach(package IN ITEMS signet signet-sign)
  configure_file(cmake/${package}.pc.in ${package}.pc.in @ONLY)
  install(CODE "
    set(prefix \"\${CMAKE_INSTALL_PREFIX}\")
    configure_file(\"${CMAKE_CURRENT_BINARY_DIR}/${package}.pc.in\"
                   \"${CMAKE_CURRENT_BINARY_DIR}/${package}.pc\" @ONLY)" COMPONENT library)
  install(FILES "${CMAKE_CURRENT_BINARY_DIR}/${package}.pc" COMPONENT library
          DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endforeach()

# --- the binary and its pages ------------------------------------------------------------------------

install(TARGETS signet RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT binary)

set(pages "${CMAKE_CURRENT_BINARY_DIR}/pages")
add_custom_command(OUTPUT "${pages}/man/signet.1" "${pages}/signet.bash" "${pages}/_signet"
                          "${pages}/signet.fish"
  COMMAND ${CMAKE_COMMAND} -E make_directory "${pages}/man"
  COMMAND signet man --out "${pages}/man"
  COMMAND signet completion bash > "${pages}/signet.bash"
  COMMAND signet completion zsh > "${pages}/_signet"
  COMMAND signet completion fish > "${pages}/signet.fish"
  DEPENDS signet VERBATIM)
add_custom_target(signet_pages ALL DEPENDS "${pages}/man/signet.1")
install(DIRECTORY "${pages}/man/" DESTINATION "${CMAKE_INSTALL_MANDIR}/man1" COMPONENT binary)
install(FILES "${pages}/signet.bash" RENAME signet COMPONENT binary
        DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions")
install(FILES "${pages}/_signet" COMPONENT binary
        DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions")
install(FILES "${pages}/signet.fish" COMPONENT binary
        DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d")
install(FILES README.md CHANGELOG.md SECURITY.md LICENSE COMPONENT binary
        DESTINATION "${CMAKE_INSTALL_DOCDIR}")
