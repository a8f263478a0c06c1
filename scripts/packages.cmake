# Debian packages and what they hold beside the program: manual pages, completions, a changelog. 'cpack' in the build folder of the preset "package".
include(GNUInstallDirs)

set(documents "${PROJECT_BINARY_DIR}/documents")
find_program(GZIP gzip REQUIRED)
add_custom_command(OUTPUT "${documents}/made"
  COMMAND "${PROJECT_SOURCE_DIR}/scripts/man-pages" "$<TARGET_FILE:shortfall>" "${documents}/man"
  COMMAND "${PROJECT_SOURCE_DIR}/scripts/completions" "$<TARGET_FILE:shortfall>" "${documents}/completions"
  COMMAND "${PROJECT_SOURCE_DIR}/scripts/debian-documents" "${PROJECT_SOURCE_DIR}" "${documents}" "${PROJECT_VERSION}"
  COMMAND "${CMAKE_COMMAND}" -E touch "${documents}/made"
  DEPENDS shortfall scripts/man-pages scripts/completions scripts/debian-documents CHANGELOG.md LICENSE cli/shortfall.1
  WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}" VERBATIM)
add_custom_target(documents ALL DEPENDS "${documents}/made")

foreach(section 1 5)
  install(DIRECTORY "${documents}/man/" DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}" COMPONENT program FILES_MATCHING PATTERN "*.${section}*")
endforeach()
install(FILES "${documents}/completions/shortfall.bash" DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" RENAME shortfall COMPONENT program)
install(FILES "${documents}/completions/_shortfall" DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions" COMPONENT program)
install(FILES "${documents}/completions/shortfall.fish" DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" COMPONENT program)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME shortfall)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_CONTACT "Shortfall developers <shortfall@users.noreply.github.com>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "stress-tests the optimism bias of savings plans")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${PROJECT_BINARY_DIR}")
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# One component, one package.
function(debian_package component name section what)
  string(TOUPPER "${component}" upper)
  set(CPACK_DEBIAN_${upper}_PACKAGE_NAME "${name}" PARENT_SCOPE)
  set(CPACK_DEBIAN_${upper}_PACKAGE_SECTION "${section}" PARENT_SCOPE)
  set(CPACK_COMPONENT_${upper}_DESCRIPTION "${what}" PARENT_SCOPE)
  install(FILES "${documents}/debian/copyright" "${documents}/debian/changelog.gz" DESTINATION "${CMAKE_INSTALL_DATADIR}/doc/${name}" COMPONENT "${component}")
endfunction()

debian_package(program shortfall math "Reads one YAML plan per organisation, simulates what is really delivered,
and prints how likely each organisation is to fail alone, together, and
the system as a whole.")
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "shortfall-mpi, git")
set(CPACK_COMPONENTS_ALL program)
if(TARGET shortfall-mpi)
  debian_package(mpi shortfall-mpi math "The module that 'shortfall' loads where it is
one of several processes of MPI.")
  set(CPACK_DEBIAN_MPI_PACKAGE_DEPENDS "shortfall (= ${PROJECT_VERSION})")
  list(APPEND CPACK_COMPONENTS_ALL mpi)
endif()
if(TARGET shortfall-interface)
  debian_package(library libshortfall${PROJECT_VERSION_MAJOR} libs "The library with the C interface: texts of plans in, JSON out.")
  debian_package(development libshortfall-dev libdevel "The header, and what CMake's find_package(shortfall) reads.")
  set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libshortfall${PROJECT_VERSION_MAJOR} (= ${PROJECT_VERSION})")
  # The library changes its name with its major version, and has no other rule.
  set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA "${documents}/debian/triggers;${documents}/debian/shlibs")
  install(FILES "${documents}/debian/overrides" DESTINATION "${CMAKE_INSTALL_DATADIR}/lintian/overrides" RENAME "libshortfall${PROJECT_VERSION_MAJOR}"
    COMPONENT library)
  list(APPEND CPACK_COMPONENTS_ALL library development)
endif()
include(CPack)
