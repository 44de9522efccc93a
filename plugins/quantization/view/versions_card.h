#pragma once

#include "core/figure/run_places.h"
#include "plugins/quantization/figures/versions.h"
#include "widgets/page/panel.h"

#include <vector>

class QPushButton;

namespace vitrine
{
class RunTable;
}

namespace vitrine::quantization_plugin
{

// A row for each original and each run, in the colours that runs have in the plots; a row selects
// its run. Columns that do not fit give way until all are wished for.
class VersionsCard : public Panel
{
    Q_OBJECT
public:
    // `name`: of the table, for those who do not see it.
    VersionsCard(const QString& name, QWidget* parent);

    void setVersions(VersionTable versions);
    // `looks`: one for each run; `selected`: the place of a run, -1: none is marked.
    void show(const std::vector<figure::RunLook>& looks, int selected, bool isAllShown);

signals:
    void runChosen(int place);
    void allColumnsWished(bool on);

private:
    void colour(const std::vector<figure::RunLook>& looks);
    void select(int run);
    void sayColumns();

    VersionTable versions_;
    std::vector<int> colours_; // of the rows that the table has
    bool filling_ = false;     // a row is selected by the card itself
    bool isAllShown_ = false;
    RunTable* table_;
    QPushButton* allColumns_;
};

} // namespace vitrine::quantization_plugin
