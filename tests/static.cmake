# What is read and not run. Python's standard library alone.
add_test(NAME docs_links COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/static/docs_links.py ${CMAKE_SOURCE_DIR})
add_test(NAME lifetimes COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/static/lifetimes.py ${CMAKE_SOURCE_DIR})
add_test(NAME capacity_page COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/static/capacity_page.py ${CMAKE_SOURCE_DIR})
set_tests_properties(docs_links lifetimes capacity_page PROPERTIES ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")
