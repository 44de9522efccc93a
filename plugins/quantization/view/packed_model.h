#pragma once

#include "core/jobs/experiment/run_record.h"

#include <QTemporaryDir>

#include <memory>
#include <string>

namespace vitrine::quantization_plugin
{

// The quantized model of a run as a folder that opens: the one that it was written to, or one of
// links to the files that are kept with the run, which lasts as long as this object.
class PackedModel
{
public:
    // Input error that names what is not there any more, or says that there are no planes.
    static Result<PackedModel> of(const RunRecord& run);

    const std::string& folder() const { return folder_; }

private:
    std::string folder_;
    std::unique_ptr<QTemporaryDir> links_;
};

} // namespace vitrine::quantization_plugin
