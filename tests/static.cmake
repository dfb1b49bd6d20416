# What is read and not run. Python's standard library alone.
add_test(NAME docs_links COMMAND python3 ${CMAKE_CURRENT_SOURCE_DIR}/static/docs_links.py ${CMAKE_SOURCE_DIR})
set_tests_properties(docs_links PROPERTIES ENVIRONMENT "PYTHONDONTWRITEBYTECODE=1")
