imloop_test(journal_test SOURCES unit/journal_vectors_test.cpp unit/journal_encoding_test.cpp LIBS imloop_journal)
