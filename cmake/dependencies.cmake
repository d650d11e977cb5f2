# SPDX-License-Identifier: GPL-3.0-or-later
# What the project needs, each once. The Debian packages that hold it stand in packages.txt.
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
find_package(nlohmann_json 3 REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(PkgConfig REQUIRED)
find_package(GDAL REQUIRED)
find_package(PROJ REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(CLI11 2 REQUIRED)

# OpenBLAS where it is there (its thread count can be set); any BLAS and LAPACK otherwise.
set(BLA_VENDOR OpenBLAS)
find_package(BLAS)
find_package(LAPACK)
if(NOT BLAS_FOUND OR NOT LAPACK_FOUND)
  unset(BLA_VENDOR)
  find_package(BLAS REQUIRED)
  find_package(LAPACK REQUIRED)
endif()

find_path(NANOFLANN_INCLUDE_DIR nanoflann.hpp REQUIRED)

# SuiteSparse 5 has no CMake package of its own.
find_path(CHOLMOD_INCLUDE_DIR cholmod.h PATH_SUFFIXES suitesparse REQUIRED)
find_library(CHOLMOD_LIBRARY cholmod REQUIRED)

# GSL for Bessel functions alone; its own CBLAS would meet OpenBLAS's.
find_path(GSL_INCLUDE_DIR gsl/gsl_sf_bessel.h REQUIRED)
find_library(GSL_LIBRARY gsl REQUIRED)

# LibTorch only inside the module that computes neural deformations. Its package adds compile
# options meant for its own users to the global scope; keep them out of everything else.
find_package(Torch QUIET)

if(ANAMORPH_BUILD_WINDOW)
  find_package(Qt6 6.2 REQUIRED COMPONENTS Core Gui Widgets OpenGL OpenGLWidgets PrintSupport Svg Concurrent)
  find_package(QCustomPlotQt6 REQUIRED)
  find_package(VTK 9.1 REQUIRED COMPONENTS
    CommonCore CommonDataModel CommonTransforms CommonExecutionModel FiltersCore FiltersGeneral
    FiltersGeometry FiltersModeling FiltersSources RenderingCore RenderingOpenGL2 RenderingAnnotation
    RenderingFreeType RenderingLabel InteractionStyle InteractionWidgets IOImage IOXML
    ImagingCore RenderingContextOpenGL2)
endif()
if(ANAMORPH_BUILD_TESTS)
  find_package(Qt6 6.2 REQUIRED COMPONENTS Core Test)
endif()
