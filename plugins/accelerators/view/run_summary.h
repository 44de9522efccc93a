#pragma once

#include "core/figure/run_places.h"
#include "core/jobs/experiment/run_record.h"
#include "widgets/table/run_table.h"

#include <vector>

namespace vitrine::accelerators_plugin
{

// The figures that people compare, one row per run, each with the colour the run has in the plots.
// The first run is the measure of the last two columns.
class RunSummary : public RunTable
{
    Q_OBJECT
public:
    using RunTable::RunTable;

    void setRuns(const std::vector<const RunRecord*>& runs, const figure::RunPlaces& places);
    // Table "beside" of a run: other machines with their defaults on the same workload.
    void setOthers(const RunRecord& run);
};

} // namespace vitrine::accelerators_plugin
