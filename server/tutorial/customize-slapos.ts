/**
 * The text of the tutorial “Customize SlapOS”. Our own words, in the order in which a person meets the questions.
 *
 * A step says why, then what to do; what makes it green is in `tutorial-checks.ts`, what it can do for the person in
 * `tutorial-actions.ts`.
 */
import type { TutorialBlock } from "@/lib/protocol";

export interface TutorialText {
  readonly title: string;
  readonly chapter: string;
  readonly body: readonly TutorialBlock[];
  /** In one sentence. */
  readonly doIt: string;
}

const text = (words: string): TutorialBlock => ({ kind: "text", text: words });
const list = (...items: string[]): TutorialBlock => ({ kind: "list", items });
const code = (words: string): TutorialBlock => ({ kind: "code", text: words });

export const TITLE = "Customize SlapOS";

export const STEPS: readonly TutorialText[] = [
  {
    title: "Get ready",
    chapter: "Before you begin",
    doIt: "Sets up what is missing of the engine, and keeps the name and email that you give here for your commits.",
    body: [
      text(
        "You will change how a piece of software is built, try the change without touching anything that others use, and then publish it. You should have read a little about Buildout and git; everything else is explained on the way.",
      ),
      list(
        "The engine builds software and runs it. It is set up by itself; the status bar says when it is ready.",
        "Commits carry your name and email. Git keeps them in this repository.",
      ),
      text("The Welcome tab has the whole checklist, with a button for whatever is red."),
    ],
  },
  {
    title: "A release is a profile",
    chapter: "SlapOS internals",
    doIt: "Runs the software of the release.",
    body: [
      text(
        "SlapOS installs software with Buildout. What it installs is called a software release, and a release is nothing but a Buildout profile, known by its address: a URL, or a path as here.",
      ),
      list(
        "A profile has sections. A section that has a `recipe` and is needed becomes a part: something that is built.",
        "A profile can extend others. A release of ten lines often stands on hundreds of files.",
        "`component/` has one program or library per folder, `stack/` has groups of them that work together.",
        "A recipe is a Python class in an egg. Most of SlapOS's recipes are in the egg `slapos.cookbook`; you can have an egg of your own.",
      ),
      text(
        "Open the release and use the views of the profile: the tree of what it extends, its parts in the order in which they are built, the final value of every option with the line it comes from. Then run the software.",
      ),
    ],
  },
  {
    title: "Find your way, and make a place of your own",
    chapter: "Repository architecture",
    doIt: "Makes a release of your own that extends the release, with its description.",
    body: [
      text("Every repository of SlapOS's shape has the same four places:"),
      list(
        "`component/NAME/buildout.cfg`: how one thing is fetched and built",
        "`stack/NAME/buildout.cfg`: what many releases have in common",
        "`software/NAME/software.cfg`: the releases",
        "`slapos/recipe/`: the sources of the recipes",
      ),
      text(
        "In the file search (Ctrl+P), `c:` looks among components, `k:` among stacks, `s:` among releases, `r:` among recipes, and `#` finds sections everywhere.",
      ),
      text(
        "You need a place to try things in: a release of your own that extends the one you want to change. Nobody else uses it, so nothing can break.",
      ),
      code("[buildout]\nextends =\n  ../NAME/software.cfg"),
    ],
  },
  {
    title: "Two reasons to customise",
    chapter: "Customise a component",
    doIt: "Makes a component from one that the release has, with options of its own, and adds it to your release.",
    body: [
      text("People come here with one of two wishes:"),
      list(
        "“I need a feature that is switched off”: an option of a component has to change, for example a line of `configure-options`.",
        "“I need something that is not there”: a new component, and a line that extends it.",
      ),
      text(
        "This step does the second. A component is a folder with a `buildout.cfg`; the command New component makes one from the address of a source archive. It can also be made from another component by a macro: `<= other` takes all options of a section, and you write those that differ.",
      ),
      text("Your release extends the new file, and names the new part in `parts +=`."),
    ],
  },
  {
    title: "Check what you extend",
    chapter: "Check extends",
    doIt: "Looks at all that your release extends; files of the checkout are used as they are, so there is nothing to change.",
    body: [
      text(
        "What a profile extends can be written as a path or as a URL. A path means: the file of this checkout, as it is now. A URL means: what a server has, which may be older than what you see.",
      ),
      text(
        "To change a component, your release must extend your file of it, and so must everything between them. Here all edges that have a file in the checkout should be paths. The command Switch source of extends rewrites them all at once, and back.",
      ),
      text("A file that is missing is told in the Problems view before anything is run."),
    ],
  },
  {
    title: "Try it in the sandbox",
    chapter: "Modify, check changes",
    doIt: "Overrides one option of your component in your release, and runs the software.",
    body: [
      text(
        "Before a component is changed for everybody, try the change in your own release. An override is a section of the same name with only the line that differs:",
      ),
      code("[apache-php]\nconfigure-options +=\n  --enable-bcmath"),
      list(
        "`=` replaces the value, `+=` adds lines to it, `-=` takes lines away.",
        "Do not copy the whole section: a copy stays behind when the original changes. Alt+O writes the shortest override.",
        "The plan says which parts will be built again, and why, before you run anything.",
      ),
      text("Run the software of your release, and look at what was built. Nothing had to be committed."),
    ],
  },
  {
    title: "Promote, commit, push, verify",
    chapter: "Modify, check changes",
    doIt: "Promotes the override, commits, connects the fork that you name, pushes, and runs the software again.",
    body: [
      text(
        "You are content: now the change goes where it belongs. Promote (Alt+Shift+O) moves the override to the file that defines the option, and proves that every value of your release stays the same.",
      ),
      list(
        "Commit with a message that names the component: `component/apache-php: enable bcmath`.",
        "Push to your fork. You are asked for its address once; a push that changes nothing is tried before anything is kept.",
        "Run the software once more: it is built from what you have pushed, and comes to the same.",
      ),
    ],
  },
  {
    title: "Configuration files are templates",
    chapter: "Customise the configuration",
    doIt: "Adds a line to a template of the release, corrects its md5sum, and runs software and instance.",
    body: [
      text(
        "A service needs configuration files: `php.ini` and `httpd.conf` for a web stack like LAMP, `app.py` in the sample. They are templates beside the profile, filled in twice: what the software knows when it is built, what an instance knows when it is deployed.",
      ),
      list(
        "`instance.cfg.in` is the profile of an instance. It has parts too, and recipes that make files, services and promises.",
        "Every template stands in `buildout.hash.cfg` with its md5sum. A changed file with an old md5sum fails the run. Saving the template in the editor brings the md5sum in step; changed elsewhere, the editor marks it, and the quick fix writes the right one.",
        "What has to be done while an instance runs belongs into its profile, as a service or a script in `etc/run`.",
      ),
      text("Change a template, correct its md5sum, run software, then run instance."),
    ],
  },
  {
    title: "Use a recipe from git",
    chapter: "Recipes",
    doIt: "Puts an egg of the workspace into development mode (or clones the fork that you name), and runs the software.",
    body: [
      text(
        "A recipe comes as an egg from the package index: the last version that was released. To change one you want Buildout to take your checkout instead.",
      ),
      text(
        "There is an old trick for that: a part that clones the repository, and a `develop` line that names the folder. It needs two runs, since Buildout reads `develop` before it installs any part, and it leaves its lines in your profile. Recipe development mode (Ctrl+Alt+R on a recipe) needs neither.",
      ),
      list(
        "The checkout is a folder of the workspace; without one, your fork is cloned first.",
        "The pin of the egg is lifted, and the first run has it already, for the software and for its instances.",
        "The status bar shows which checkout is used; one click takes the released egg again. No file of yours is changed.",
      ),
    ],
  },
  {
    title: "Modify the recipe, check, run all",
    chapter: "Recipes",
    doIt: "Adds a comment to a recipe, tests that recipe alone, and starts Run all with a commit.",
    body: [
      text("Now change the recipe. There is a fast way and a whole way to see what comes of it:"),
      list(
        "pyflakes looks at Python while you type: an undefined name is in the Problems view within a second.",
        "Test this recipe (Ctrl+Alt+T) runs the one recipe in a scratch directory, with the options that its section has, in seconds. The release is not touched.",
        "Run all (F8) does what you would do by hand: pyflakes, commit, run software, run instance, promises, open the service. It stops at the first red.",
      ),
      text("A changed recipe makes all parts that use it be built again; the plan says so."),
    ],
  },
  {
    title: "Debug an instance",
    chapter: "Debug",
    doIt: "Deploys the instance with a port that it cannot have, sees its promise fail, and takes that back.",
    body: [
      text("Something is red. An instance lives in a partition, a directory of its own, and tells a lot about itself:"),
      list(
        "Promises are checks that an instance must pass. One that fails says why, and can be run again alone.",
        "Programs are kept by supervisord. See their state, start and stop them, read what they print.",
        "Logs of all programs and of the last deployment are one click away, live.",
        "Run it by hand opens a terminal with exactly the command, directory and environment of a program.",
        "The files of the partition lead back to the template that they were made from.",
      ),
      text(
        "Break something on purpose: ask for a port below 1024, which only root may listen on, and run the instance. The promise fails and names its reason. Then take the parameter back and run the instance again until all is green.",
      ),
    ],
  },
];
