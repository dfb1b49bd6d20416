# Writes the paths of all gzipped files below ROOT to OUT, one a line.
file(GLOB_RECURSE files ${ROOT}/*.gz)
list(SORT files)
if(NOT files)
  message(FATAL_ERROR "No built files of the console in ${ROOT}")
endif()
string(REPLACE ";" "\n" text "${files}")
file(WRITE ${OUT} "${text}\n")
