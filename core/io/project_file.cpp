// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/project_file.h"

#include <exception>
#include <new>

#include "core/base/error.h"
#include "core/data/sphere.h"
#include "core/io/atomic_file.h"
#include "core/io/project_documents.h"
#include "core/io/project_layers.h"
#include "core/io/project_store.h"
#include "core/io/project_validation.h"
#include "core/io/text_source.h"

namespace anamorph {

void save_project(const std::filesystem::path& path, const Project& project) {
    if (!project.dataset)
        throw Error(ErrorCode::bad_input, "There is nothing to save: the project has no data.",
                    "Open a table of measurements first.");
    ProjectStore store;
    store_dataset(store, *project.dataset);
    store_settings(store, project);
    if (project.fit) store_fit(store, *project.fit);
    if (project.map) store_map(store, *project.map);
    if (project.validation) store_validation(store, *project.validation, *project.dataset);
    if (project.trained) store_fit(store, *project.trained, "trained");

    AtomicFile file(path);
    create_sites_layer(file.temporary(), *project.dataset);
    if (project.map) add_map_coverages(file.temporary(), *project.map, *project.dataset);
    store.write(file.temporary());
    file.commit();
}

Project open_project(const std::filesystem::path& path) {
    const ProjectStore store = ProjectStore::read(path);
    const auto refuse = [&](std::string why) {
        if (why.ends_with('.')) why.pop_back();
        return Error(ErrorCode::bad_input,
                     "The project " + quoted_name(path) + " cannot be opened: " + why + ".",
                     "Open a copy that was saved before, or make the project again from its data.");
    };
    Project project;
    try {
        project.dataset = std::make_shared<const SpatialDataset>(stored_dataset(store));
        read_settings(store, project);
        if (store.has_document("fit")) project.fit = stored_fit(store, project.dataset);
        if (store.has_document("map"))
            project.map = stored_map(store, map_dimension(*project.dataset),
                                     project.dataset->coordinate_system.chordal);
        if (store.has_document("validation"))
            project.validation = stored_validation(store, project.dataset);
        if (store.has_document("trained"))
            project.trained = stored_fit(store, project.dataset, "trained");
        const auto compared = project.validation ? project.validation->models.size() : 0;
        if (project.compared_model < -1 || project.compared_model >= static_cast<int>(compared))
            project.compared_model = -1;
    } catch (const std::bad_alloc&) {
        throw Error(ErrorCode::out_of_memory,
                    "The project " + quoted_name(path) + " does not fit in memory.",
                    "Close other programs.");
    } catch (const Error& error) {
        if (error.code() == ErrorCode::unsupported) throw;  // a module of this program is missing
        throw refuse(error.what());
    } catch (const std::exception& error) {
        throw refuse(error.what());
    }
    check_sites_layer(path, *project.dataset);
    return project;
}

bool is_project_file(const std::filesystem::path& path) {
    return ProjectStore::is_in(path);
}

}  // namespace anamorph
