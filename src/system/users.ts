import type { PackagePlan } from "../plan/types.ts";
import type { SystemUser } from "../plan/system-types.ts";
import { requirePath, requireUserName } from "./names.ts";
import { renderTemplate } from "./render-template.ts";
import type { Fragment, SystemPart } from "./types.ts";

/**
 * The system users, made before anything needs them and never deleted: files may still carry their numbers
 * (Policy 9.2.2). By adduser, which is the same on Debian 11 to 13 and follows the machine's /etc/adduser.conf;
 * systemd-sysusers would bring systemd into every chroot. Where dpkg works on another root from outside, by useradd,
 * which adduser depends on. A user or group that is there already is taken as it is.
 * @throws VenvdebError SYSTEM_BAD_NAME
 */
export function contributeUsers(plan: PackagePlan): SystemPart {
  const fragments = plan.users.flatMap((user) => [
    createUser(user),
    ...user.groups.map((group) => joinGroup(plan, user, group)),
  ]);
  return {
    entries: [],
    fragments: { postinst: fragments },
    relations: plan.users.length === 0 ? {} : { depends: ["adduser"] },
  };
}

function createUser({ name, group, home }: SystemUser): Fragment {
  return {
    origin: `system user ${name} ([tool.venvdeb.user])`,
    text: renderTemplate("maintainer-scripts/users.postinst.sh.liquid", {
      user: requireUserName(name),
      group: requireUserName(group),
      home: requirePath(home),
    }),
  };
}

function joinGroup(plan: PackagePlan, { name }: SystemUser, group: string): Fragment {
  return {
    origin: `group ${group} of the user ${name} ([tool.venvdeb.user] groups)`,
    text: renderTemplate("maintainer-scripts/user-groups.postinst.sh.liquid", {
      user: name,
      group: requireUserName(group),
      warning: `${plan.package.name}: the user ${name} was not put into the group ${group}. When the group is there: adduser ${name} ${group}`,
    }),
  };
}
