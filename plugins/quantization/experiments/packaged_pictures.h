#pragma once

#include "core/jobs/experiment/params.h"
#include "core/jobs/experiment/run_result.h"
#include "core/picture/labelled_pictures.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

// Labelled pictures by name: what Debian packages bring, installed or as packaging/fetch unpacks
// them.
namespace vitrine::quantization_plugin
{

// Of such a `packages` folder; where none is given the installed packages are looked at, then those
// that packaging/train has fetched.
ParamSpec packagesParam();

// The folder of Fashion-MNIST's IDX files. Input error saying what brings it.
Result<std::filesystem::path> findFashionMnist(const std::string& packages);

// Scenes of vitrine-deit-scenes: the test scenes, or training garments over the photographs that
// its trainer chose a model by (in no test scene), to choose numbers on. Input error naming the
// packages that are missing. Where a photograph is another one than the trainer has (by its hash in
// recipes/pictures.json, among the inputs of the run later), `notes` is told.
Result<std::shared_ptr<const LabelledPictures>> openScenes(const std::string& packages, Split split,
                                                           std::vector<std::string>& notes);

} // namespace vitrine::quantization_plugin
