#pragma once

#include "core/jobs/experiment/experiment.h"

#include <QFrame>

#include <map>
#include <string>
#include <vector>

class QLabel;
class QPushButton;

namespace vitrine
{

class ParamForm;

// The right side: the form of the chosen experiment, and the button that runs it.
class ParameterPanel : public QFrame
{
    Q_OBJECT
public:
    using Values = std::map<std::string, std::string>;

    ParameterPanel(const std::vector<std::unique_ptr<Experiment>>& experiments, QWidget* parent);

    const QString& experiment() const { return experiment_; }
    void setExperiment(const QString& id); // emits nothing
    ParamForm& form() { return *form_; }

    // What the runs on the screen were made with; none is shown where it is empty. What the form
    // says else is marked, against the run that it is nearest to.
    void setShown(std::vector<Values> runs);
    int changes() const { return changes_; } // what differs; 0 where no run is shown

public slots:
    void run(); // checks the form first

signals:
    void edited(const QString& param);
    void runRequested();
    void incomplete();     // asked to run while something is wrong or missing
    void changesChanged(); // of changes()
    void foldRequested();

private:
    void compare();

    const std::vector<std::unique_ptr<Experiment>>& experiments_;
    QString experiment_;
    QLabel* sentence_;
    ParamForm* form_;
    std::vector<Values> shown_;
    int changes_ = 0;
    QPushButton* run_;
};

} // namespace vitrine
