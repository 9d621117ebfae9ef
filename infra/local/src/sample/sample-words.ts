/** What people of the sample write. One initiative's words fit no other's. */
interface InitiativeWords {
  readonly firstUse: readonly [string, ...string[]];
  readonly wasThere: readonly [string, ...string[]];
}

type Words = readonly [string, ...string[]];

const blended: InitiativeWords = {
  firstUse: [
    'Station rotation seen in three classrooms on a walkthrough.',
    'The grade 5 team taught its first two lab-rotation lessons; plans are shared.',
    'Two mathematics teachers run a flipped unit; students were observed at work.',
    'Playlists in use in the reading block of four classes, seen by the coach.',
    'Six teachers taught with individual rotation in the same week; schedule attached to the coaching plan.',
  ],
  wasThere: ['The school taught with station rotation before the district began; the coach saw it in seven classrooms.'],
};

const computerScience: InitiativeWords = {
  firstUse: [
    'The first unit of the introductory course was taught to two sections.',
    'Grade 4 classes programmed their first project; student work was seen.',
    'Computer science stands on the timetable and is taught weekly in grade 7.',
    'Three teachers taught the unplugged lessons; the coach observed two of them.',
    'The elective opened with 24 students and a trained teacher.',
  ],
  wasThere: ['The school offered a computer-science course before the district began; the coach looked at two years of it.'],
};

export const wordsOf = (initiativeId: string): InitiativeWords => (initiativeId === 'computer-science' ? computerScience : blended);

export const explorationEnds: Words = [
  'Leadership team formed; roles agreed.',
  'Staff voted to go on; funds and devices are assigned.',
  'Readiness conversation held with the whole faculty.',
];

export const regressReasons: Words = [
  'The principal left; the leadership team has to be formed anew.',
  'The principal left and two trained teachers went with them.',
  'New principal; the schedule that made room for it was dropped.',
];

export const pauseReasons: Words = [
  'Two teaching positions are vacant.',
  'State testing takes all coaching time.',
  'The building is under repair; classes are taught elsewhere.',
  'The lead teacher is on leave.',
  'Devices were recalled and are not back yet.',
];

export const departurePauses: Words = ['The principal left; the interim leader asked to wait.', 'No principal at the moment.'];

export const resumeNotes: Words = ['The vacancies are filled.', 'The team asked to go on.', 'Coaching time is available again.'];

export const abandonReasons: Words = [
  'The school chose another priority for the year.',
  'The faculty decided against it after the trial.',
  'Funds were moved; nobody is left to lead it.',
];

export const restartNotes: Words = ['A new leadership team takes it up again.', 'The school joined the next wave.'];

export const wrongDateReasons: Words = [
  'The date of the report was entered instead of the date of the event.',
  'The leadership team minutes give an earlier day.',
];

export const wrongScoreReasons: Words = [
  'The observation sheet was added up wrongly.',
  'Digits were swapped when the score was entered.',
  'One classroom was missing from the average.',
];

export const twiceReasons: Words = ['Recorded twice by mistake.', 'Two people recorded the same walkthrough.'];

export const wrongSchoolReasons: Words = ['Recorded for the wrong school.', 'It was another school of a similar name.'];

export const correctionUndone: Words = ['The first figure was right after all; the sheet was found.', 'The correction was meant for another school.'];
