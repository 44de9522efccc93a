#pragma once

#include "plugins/calibration/view/scene.h"
#include "widgets/page/panel.h"

#include <QStringList>

class QStackedWidget;

namespace vitrine
{
class DataTable;
class SegmentedSwitch;
} // namespace vitrine

namespace vitrine::calibration_plugin
{

// The run's tables, one at a time: heads, sinks, where sinks stand, and with several runs their
// metrics side by side.
class TablesPanel : public Panel
{
    Q_OBJECT
public:
    explicit TablesPanel(QWidget* parent);
    void setScene(const Scene& scene);
    void setTable(const QString& name); // "heads", "sinks", "census", "runs"

signals:
    void tableChosen(const QString& name);

private:
    void fill();

    SegmentedSwitch* choice_;
    DataTable* table_;
    std::vector<RunHandle> runs_;
    QString name_ = "heads";
    bool several_ = false;
};

// Metrics as rows, a column per run and, for two, their difference.
Table metricsTable(const std::vector<RunHandle>& runs);

} // namespace vitrine::calibration_plugin
