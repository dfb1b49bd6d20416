imloop_test(loop_test SOURCES unit/identity_vectors_test.cpp unit/episodes_vectors_test.cpp unit/words_test.cpp
                              unit/admission_test.cpp unit/projection_test.cpp
                              property/projection_property_test.cpp
            LIBS imloop_loop rapidcheck)
