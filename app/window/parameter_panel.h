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

public slots:
    void run(); // checks the form first

signals:
    void edited(const QString& param);
    void runRequested();

private:
    const std::vector<std::unique_ptr<Experiment>>& experiments_;
    QString experiment_;
    QLabel* sentence_;
    ParamForm* form_;
    QPushButton* run_;
};

} // namespace vitrine
