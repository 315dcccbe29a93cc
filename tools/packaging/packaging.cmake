# What `cmake --install` puts where, and the Debian package: `cpack -G DEB` in the build directory.
include(GNUInstallDirs)
install(TARGETS sfdbtools RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES "${CMAKE_SOURCE_DIR}/docs/sfdbtools.1" DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES
  packaging/sfdbtools-backup.service packaging/sfdbtools-backup.timer
  packaging/sfdbtools-cleanup.service packaging/sfdbtools-cleanup.timer
  DESTINATION lib/systemd/system)
install(FILES packaging/config.yaml DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(FILES "${CMAKE_SOURCE_DIR}/README.md" DESTINATION ${CMAKE_INSTALL_DOCDIR})
# The program prints its own completion scripts.
foreach(shell bash zsh fish)
  set(script "${CMAKE_CURRENT_BINARY_DIR}/completion.${shell}")
  add_custom_command(OUTPUT "${script}"
    COMMAND sfdbtools completion ${shell} > "${script}" DEPENDS sfdbtools VERBATIM)
  list(APPEND completions "${script}")
endforeach()
add_custom_target(sfdb_completions ALL DEPENDS ${completions})
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/completion.bash"
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME sfdbtools)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/completion.zsh"
  DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _sfdbtools)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/completion.fish"
  DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME sfdbtools.fish)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME sfdbtools)
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_PACKAGE_CONTACT "sfdbtools maintainers <sfdbtools@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "parallel logical backups of MariaDB servers")
set(CPACK_PACKAGE_DESCRIPTION
  "Dumps MariaDB byte for byte as mariadb-dump does, over several connections that see one moment, \
compressed and sealed with AES-256-GCM in parallel. Reads, verifies and restores such files.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
# Which libraries, in which versions: what the linker recorded.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "mariadb-server, bash-completion")
include(CPack)
