# Through the built programs. Python's standard library alone.
foreach(name loop_e2e kill_e2e pages_e2e notice_e2e join_e2e ingest_e2e import_e2e orders_e2e archive_e2e doctor_e2e field_e2e power_e2e renewal_e2e suspects_e2e vault_e2e csv_e2e pdf_e2e postgres_e2e hubs_e2e)
  add_test(NAME ${name} COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/e2e/${name}.py)
  set_tests_properties(${name} PROPERTIES ENVIRONMENT "IMLOOP_BIN_DIR=${CMAKE_BINARY_DIR}/bin;PYTHONDONTWRITEBYTECODE=1" TIMEOUT 900 SKIP_RETURN_CODE 77)
endforeach()
add_test(NAME analysts_e2e COMMAND ${PYTHON_OF_SYSTEM} ${CMAKE_CURRENT_SOURCE_DIR}/e2e/analysts_e2e.py)
set_tests_properties(analysts_e2e PROPERTIES ENVIRONMENT "IMLOOP_BIN_DIR=${CMAKE_BINARY_DIR}/bin;PYTHONDONTWRITEBYTECODE=1" TIMEOUT 900 SKIP_RETURN_CODE 77)
foreach(name package_e2e systemd_e2e)
  add_test(NAME ${name} COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/e2e/${name}.py)
  set_tests_properties(${name} PROPERTIES RUN_SERIAL ON SKIP_RETURN_CODE 77
                       ENVIRONMENT "IMLOOP_BIN_DIR=${CMAKE_BINARY_DIR}/bin;IMLOOP_CPACK=${CMAKE_CPACK_COMMAND};PYTHONDONTWRITEBYTECODE=1" TIMEOUT 900)
endforeach()
add_test(NAME oracle_vectors COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/oracle/oracle.py --vectors ${CMAKE_SOURCE_DIR}/schemas/vectors)
add_test(NAME verifier_vectors COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/tools/verifier_vectors.sh)
add_test(NAME arrows COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/tools/arrows.py ${CMAKE_SOURCE_DIR})
file(GLOB locks CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*/package-lock.json ${CMAKE_SOURCE_DIR}/hub/console/web/package-lock.json)
add_test(NAME node_engines COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/tools/node_engines.py ${locks})
set_tests_properties(oracle_vectors verifier_vectors arrows node_engines PROPERTIES ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")
# The local pages in Debian's chromium.
add_test(NAME browser COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/browser/run.sh ${CMAKE_CURRENT_SOURCE_DIR}/browser ${CMAKE_BINARY_DIR}/browser)
set_tests_properties(browser PROPERTIES ENVIRONMENT "IMLOOP_BIN_DIR=${CMAKE_BINARY_DIR}/bin" TIMEOUT 300)
# The console's page: words, order, formats; its size is held when it is built.
add_test(NAME console_page COMMAND bash ${CMAKE_SOURCE_DIR}/hub/console/web/build.sh ${CMAKE_SOURCE_DIR}/hub/console/web ${CMAKE_BINARY_DIR}/console test)
add_test(NAME console_browser COMMAND bash ${CMAKE_CURRENT_SOURCE_DIR}/browser/run.sh ${CMAKE_CURRENT_SOURCE_DIR}/browser ${CMAKE_BINARY_DIR}/browser_console console.test.mjs)
set_tests_properties(console_browser PROPERTIES TIMEOUT 600
                     ENVIRONMENT "IMLOOP_BIN_DIR=${CMAKE_BINARY_DIR}/bin;IMLOOP_CONSOLE_ACCOUNTS=${CMAKE_CURRENT_SOURCE_DIR}/tools/console_accounts.py;PYTHONDONTWRITEBYTECODE=1")
